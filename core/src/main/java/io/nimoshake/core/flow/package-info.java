/**
 * The path of an item: read, write, durable. {@link io.nimoshake.core.flow.SplitPipeline} is the
 * loop for one split, the same for segments and shards. {@link io.nimoshake.core.flow.Retry} is how
 * every call is tried again. The rest keeps the pipelines within memory, rates and write modes. No
 * thread waits here, except in {@link io.nimoshake.core.flow.Sleeper}: whoever has to wait is
 * called back.
 */
package io.nimoshake.core.flow;
