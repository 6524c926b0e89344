package io.nimoshake.core.plan;

import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;

/**
 * What the plan must know about the configuration and the target.
 *
 * @param copy whether tables without a checkpoint are copied ({@code sync_mode} full and all)
 * @param stream whether streams are followed ({@code sync_mode} all and incr)
 * @param streamDuringCopy whether changes are applied while the copy runs
 * @param insertIfAbsent whether the target can insert only where a key is absent, and keep
 *     tombstones
 * @param existing what to do before the first copy with a collection that is there
 * @param schemaOnly whether tables are only prepared and finished, and no item is copied
 * @param tablesAtATime how many tables are copied at the same time
 * @param backfillOnGap whether the changes that a table lacks are applied from exports, where that
 *     is possible
 * @param resyncOnGap whether a table with a gap that is not backfilled is copied again, or fails
 * @param swap whether the target can put a new copy in the place of the old one
 * @param goneAfter {@code retry.gone}: how long the answers of the service must agree before a
 *     table, a stream or a shard counts as gone
 */
public record PlanOptions(
    boolean copy,
    boolean stream,
    boolean streamDuringCopy,
    boolean insertIfAbsent,
    Existing existing,
    boolean schemaOnly,
    int tablesAtATime,
    boolean backfillOnGap,
    boolean resyncOnGap,
    boolean swap,
    Duration goneAfter) {}
