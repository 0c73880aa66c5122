/**
 * What the bundle's code finds under the name `Intl`: numbers read the same everywhere, and a browser whose language tag
 * is none (`en-US@posix`, as headless ones have) breaks nothing.
 */
const fixed = {
  DateTimeFormat: globalThis.Intl.DateTimeFormat,
  NumberFormat: class extends globalThis.Intl.NumberFormat {
    constructor() {
      super('en-US');
    }
  },
};

export { fixed as Intl };
