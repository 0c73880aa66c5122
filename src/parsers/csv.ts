/**
 * CSV with a header line (RFC 4180), its delimiter a comma, a semicolon, a tab or a bar.
 *
 *     time,device,latency_ms
 *     "10:00:01","sda, the first",4.2
 */
import Papa from 'papaparse';
import type { ColumnPlan } from './events-builder.ts';
import { EventsBuilder } from './events-builder.ts';
import type { Grammar, Head, ParseContext } from './grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from './lines.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A quoted field may go over lines; one that goes over more than this was never closed. */
const MAX_RECORD_LINES = 1000;
