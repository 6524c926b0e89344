package io.nimoshake.core.flow;

import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;

/**
 * What the pipelines of one table share.
 *
 * @param reads one for each read under way
 * @param freeze what is looked for while a cut-over waits
 */
public record TableFlow(
    Source source,
    ChangeWriter writer,
    DeadLetters deadLetters,
    MemoryBudget.Share memory,
    Permits reads,
    TableLimits limits,
    FreezeWatch freeze,
    Scheduler scheduler,
    RetryPolicy retryPolicy,
    TableStats stats) {}
