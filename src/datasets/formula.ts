/**
 * What a spreadsheet takes for a formula, with the full width signs that it does in Asian locales: names come from other
 * people's processes, and a text that a spreadsheet would run gets a leading quote.
 */
export const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
