/** Trying again by itself after a failure that passes: when the browser is online again, when the page is looked at, and now and then. */

const WAITS_S = [3, 5, 10, 20, 30];

export class Recovery {
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;

  constructor(private readonly retry: () => void) {
    addEventListener('online', () => this.now());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.now();
    });
  }

  /** Something failed that may pass: come back to it. */
  schedule(): void {
    this.wanted = true;
    clearTimeout(this.timer);
    const seconds = WAITS_S[Math.min(this.attempts, WAITS_S.length - 1)] as number;
    this.attempts += 1;
    this.timer = setTimeout(() => this.now(), seconds * 1000);
  }

  /** It worked, or it never will. */
  settle(): void {
    this.wanted = false;
    this.attempts = 0;
    clearTimeout(this.timer);
  }

  private now(): void {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.retry();
  }
}
