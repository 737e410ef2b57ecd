// What we use of uPlot; the vendored file has no types of its own.
export default class uPlot {
  constructor(options: object, data: unknown[], place: HTMLElement);
  setData(data: unknown[]): void;
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}
