/** The report of one capture. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import { mountDataset } from './panel/dataset.ts';
import { startPage } from './shell/page.ts';

startPage(mountDataset);
