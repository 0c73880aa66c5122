/** The page of two captures compared. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import './pair/pair.css';
import { mountPair } from './pair/pair.ts';
import { startPage } from './shell/page.ts';

startPage(mountPair);
