package io.nimoshake.core.flow;

import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;

/**
 * What the pipelines of one table share.
 *
 * @param reads one for each read under way
 */
public record TableFlow(
    Source source,
    ChangeWriter writer,
    DeadLetters deadLetters,
    MemoryBudget.Share memory,
    Permits reads,
    TableLimits limits,
    Scheduler scheduler,
    RetryPolicy retryPolicy,
    TableStats stats) {}
