package io.nimoshake.core.flow;

import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;

/** What the pipelines of one table share. */
public record TableFlow(
    Source source,
    ChangeWriter writer,
    DeadLetters deadLetters,
    MemoryBudget.Share memory,
    TableLimits limits,
    Scheduler scheduler,
    RetryPolicy retryPolicy,
    TableStats stats) {}
