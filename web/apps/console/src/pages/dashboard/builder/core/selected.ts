/** Which widgets are selected, the one with the focus last. */

export class Selected {
  private ids: readonly string[] = [];
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): readonly string[] => this.ids;

  set(ids: readonly string[]): void {
    if (ids.length === this.ids.length && ids.every((id, at) => id === this.ids[at])) return;
    this.ids = ids;
    for (const listener of this.listeners) listener();
  }

  toggle(id: string): void {
    this.set(this.ids.includes(id) ? this.ids.filter((one) => one !== id) : [...this.ids, id]);
  }
}
