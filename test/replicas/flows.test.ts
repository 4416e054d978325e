import './two-replicas.ts';
import '../flows/consent.test.ts';
import '../flows/refresh.test.ts';
import '../flows/sign-in.test.ts';
import '../flows/sign-out.test.ts';
import '../flows/single-sign-on.test.ts';
import '../flows/stale-pages.test.ts';
