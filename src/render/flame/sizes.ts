/** Sizes that pictures of stacks share, in pixels. */

/** Room left and right of the frames. */
export const SIDE = 10;
export const TITLE_SIZE = 17;
/** The row of the search field, which the script fills. */
export const CONTROLS = 28;
