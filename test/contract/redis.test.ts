import { testHomes } from '../support/homes.ts';
import { describeHome } from './home.contract.ts';

describeHome(testHomes.redis);
