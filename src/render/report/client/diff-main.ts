/** The page of two captures compared. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import './pair/pair.css';
import { startPage } from './page.ts';
import { mountPair } from './panel/pair.ts';

startPage(mountPair);
