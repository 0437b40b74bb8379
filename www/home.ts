import { watchScrollers } from './scrollers.ts';

watchScrollers();
