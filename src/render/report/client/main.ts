/** The report of one capture. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import { mountDataset } from './dataset-parts.ts';
import { startPage } from './page.ts';

startPage(mountDataset);
