/** When the session ends, and two minutes before. */

const WARN_SECONDS = 120;
/** Timers stop while a laptop sleeps: look again when the page is seen. */
const LOOK_EVERY_MS = 15_000;

export interface SessionEvents {
  readonly expiring: (seconds: number) => void;
  readonly expired: () => void;
}

export class SessionClock {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private endsAt = Number.POSITIVE_INFINITY;
  private warned = false;
  private over = false;

  constructor(
    private readonly events: SessionEvents,
    private readonly now: () => number = Date.now,
  ) {}

  /** Look at the clock now and then, and whenever the page comes back to the front. */
  start(): void {
    setInterval(() => this.look(), LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', () => this.look());
  }

  /** A session that has so many seconds left. */
  restart(seconds: number): void {
    this.endsAt = this.now() + seconds * 1000;
    this.warned = false;
    this.over = false;
    this.look();
  }

  /** Whether the session has ended. */
  get ended(): boolean {
    return this.over;
  }

  look(): void {
    const left = Math.round((this.endsAt - this.now()) / 1000);
    this.wakeIn(left > WARN_SECONDS ? left - WARN_SECONDS : left);
    if (left <= 0 && !this.over) {
      this.over = true;
      this.events.expired();
    } else if (left > 0 && left <= WARN_SECONDS && !this.warned) {
      this.warned = true;
      this.events.expiring(left);
    }
  }

  /** Look again at the very moment; the regular look is for clocks that jump and timers that sleep. */
  private wakeIn(seconds: number): void {
    clearTimeout(this.timer);
    if (seconds > 0 && Number.isFinite(seconds)) this.timer = setTimeout(() => this.look(), seconds * 1000);
  }
}
