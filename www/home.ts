import './elements/data-notice.ts';

import { watchScrollers } from './scrollers.ts';

watchScrollers();
