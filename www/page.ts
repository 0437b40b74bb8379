import './elements/data/data-notice.ts';
import './elements/frame/model-lab.ts';

import { watchScrollers } from './scrollers.ts';

watchScrollers();
