import { Usage } from './usage/usage';

export default function Page() {
  return (
    <main>
      <h1>Usage</h1>
      <Usage />
    </main>
  );
}
