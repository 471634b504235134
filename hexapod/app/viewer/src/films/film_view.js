// @ts-check
// Where a radiograph lies on the screen: size, place and mirroring are views only; points stay in stored pixels.

/** @typedef {[number, number]} Point A place: right, down. */

// Half the fitted size, and screen pixels for one stored pixel.
const SMALLEST = 0.5, LARGEST = 40;

export class FilmView {
  scale = 1;
  left = 0;
  top = 0;

  /** @param {number} columns @param {number} rows @param {boolean} mirrored whether it is shown turned left to right */
  constructor(columns, rows, mirrored) {
    this.columns = columns;
    this.rows = rows;
    this.mirrored = mirrored;
    this.width = columns;
    this.height = rows;
  }

  get fitted() {
    return Math.min(this.width / this.columns, this.height / this.rows);
  }

  /** @type {(width: number, height: number) => void} */
  fit(width, height) {
    this.width = width;
    this.height = height;
    this.scale = this.fitted;
    this.left = (width - this.columns * this.scale) / 2;
    this.top = (height - this.rows * this.scale) / 2;
  }

  /**
   * Another size of the place that it is drawn in; what was in its middle stays there.
   * @type {(width: number, height: number) => void}
   */
  resize(width, height) {
    const middle = this.toFilm([this.width / 2, this.height / 2]);
    const enlarged = this.scale / this.fitted;
    this.width = width;
    this.height = height;
    this.scale = enlarged * this.fitted;
    this.bring(middle, [width / 2, height / 2]);
  }

  /** @type {(at: Point) => Point} */
  toScreen([x, y]) {
    return [this.left + this.scale * (this.mirrored ? this.columns - x : x), this.top + this.scale * y];
  }

  /** @type {(at: Point) => Point} */
  toFilm([right, down]) {
    const x = (right - this.left) / this.scale;
    return [this.mirrored ? this.columns - x : x, (down - this.top) / this.scale];
  }

  /** @type {(at: Point, factor: number) => void} */
  zoom(at, factor) {
    const under = this.toFilm(at);
    this.scale = Math.min(Math.max(this.scale * factor, SMALLEST * this.fitted), LARGEST);
    this.bring(under, at);
  }

  /** @type {(right: number, down: number) => void} */
  pan(right, down) {
    this.left += right;
    this.top += down;
  }

  /**
   * Turn the picture left to right; what was in the middle stays there.
   * @type {() => void}
   */
  mirror() {
    const middle = this.toFilm([this.width / 2, this.height / 2]);
    this.mirrored = !this.mirrored;
    this.bring(middle, [this.width / 2, this.height / 2]);
  }

  /** @type {(place: Point, at: Point) => void} */
  bring(place, at) {
    const [right, down] = this.toScreen(place);
    this.pan(at[0] - right, at[1] - down);
  }
}
