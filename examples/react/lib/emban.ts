/** The one client of this server. Its key never reaches a browser: nothing under a 'use client' imports this file. */

import { Emban } from '@emban/sdk';

export const emban = new Emban(process.env.EMBAN_URL ?? '', { apiKey: process.env.EMBAN_KEY ?? '' });
