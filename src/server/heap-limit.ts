/** The heap that Node gives this process. */
import { getHeapStatistics } from 'node:v8';

/** Of the limit that V8 tells, what only objects that have just been made may use, unless a flag says otherwise. */
const youngGeneration = 48 * 2 ** 20;

export const heapBytesMax = getHeapStatistics().heap_size_limit - youngGeneration;

/** Above this share of it V8 spends its time collecting garbage. */
export const crowdedShare = 0.8;
