/** One widget of the canvas: its card, and what is going on with its figures. */

import type { ColourBook } from '@emban/charts';
import { Button } from '@mantine/core';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Base, hostOf, LiveCard } from '../../../../parts/live-card.ts';
import { words } from '../../../../words/builder-words.ts';
import { drawnWidget } from '../../draft.ts';
import type { Answers, Figures } from '../core/answers.ts';
import type { DraftWidget } from '../core/doc.ts';
import { questionOf } from '../core/question.ts';

const say = words.builder.canvas;
/** Before this nobody wonders, and a number that runs would only flicker. */
const PATIENCE_MS = 700;
const TICK_MS = 100;

function Running({ since, cancel }: { since: number; cancel: () => void }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (now - since < PATIENCE_MS) return null;
  return (
    <div className="bw-state">
      <span className="tabular">{say.running(((now - since) / 1000).toFixed(1))}</span>
      <Button size="compact-xs" variant="default" onClick={cancel}>
        {say.cancel}
      </Button>
    </div>
  );
}

interface Props {
  readonly widget: DraftWidget;
  readonly figures: Figures;
  readonly base: Base;
  readonly colours: ColourBook;
  readonly answers: Answers;
}

export const CardView = memo(function CardView({ widget, figures, base, colours, answers }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(widget);
  latest.current = widget;
  const live = useMemo(() => new LiveCard(hostOf(() => answers.again(latest.current))), [answers]);
  useLayoutEffect(() => {
    place.current?.append(live.element);
    return () => live.dispose();
  }, [live]);
  useLayoutEffect(() => {
    const { answer, since } = figures;
    const question = questionOf(widget) ?? '';
    live.show({ widget: drawnWidget(widget), answer, waiting: since !== null, question }, base, colours);
  }, [live, widget, figures, base, colours]);
  return (
    <>
      <div ref={place} className="bw-card" inert />
      {figures.since !== null && <Running since={figures.since} cancel={() => answers.cancel(widget)} />}
      {figures.cancelled && (
        <div className="bw-state">
          {say.cancelled}
          <Button size="compact-xs" variant="default" onClick={() => answers.again(widget)}>
            {say.run}
          </Button>
        </div>
      )}
    </>
  );
});
