/** The page of two captures compared. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import './diff.css';
import { startPage } from './page.ts';
import { mountPair } from './pair-parts.ts';

startPage(mountPair);
