/** The report of one capture. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import { startPage } from './page.ts';
import { mountDataset } from './panel/dataset.ts';

startPage(mountDataset);
