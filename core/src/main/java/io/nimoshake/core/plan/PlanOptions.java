package io.nimoshake.core.plan;

import io.nimoshake.core.port.Target.Existing;

/**
 * What the plan must know of the user's wishes and the target's abilities.
 *
 * @param copy whether tables without a checkpoint are copied ({@code sync_mode} full and all)
 * @param stream whether streams are followed ({@code sync_mode} all and incr)
 * @param streamDuringCopy whether changes are applied while the copy runs
 * @param insertIfAbsent whether the target can do that and keep tombstones
 * @param existing what to do with a collection that is there before the first copy
 * @param schemaOnly prepare and finish, copy nothing
 * @param tablesAtATime tables that are copied at the same time
 * @param resyncOnGap whether a table with a gap is copied again, or fails
 * @param swap whether the target can put a new copy in the place of the old one
 */
public record PlanOptions(
    boolean copy,
    boolean stream,
    boolean streamDuringCopy,
    boolean insertIfAbsent,
    Existing existing,
    boolean schemaOnly,
    int tablesAtATime,
    boolean resyncOnGap,
    boolean swap) {}
