import './elements/data-notice.ts';
import './elements/model-lab.ts';

import { watchScrollers } from './scrollers.ts';

watchScrollers();
