/** The mark: three bars that rise. */

export function Brand() {
  return (
    <>
      <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true" fill="currentColor">
        <rect x="1" y="9" width="3.6" height="6" rx="1" />
        <rect x="6.2" y="5" width="3.6" height="10" rx="1" />
        <rect x="11.4" y="1" width="3.6" height="14" rx="1" />
      </svg>
      Emban
    </>
  );
}
