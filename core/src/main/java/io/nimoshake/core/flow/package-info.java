/**
 * How an item goes: read, write, durable. {@link io.nimoshake.core.flow.SplitPipeline} is the loop
 * for one split, the same for segments and shards; the rest keeps it within memory, rates and
 * modes. Nothing here waits in a thread: what has to wait is called back.
 */
package io.nimoshake.core.flow;
