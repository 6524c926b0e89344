package io.nimoshake.app.cutover;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How to cut over, or to return.
 *
 * @param turn which of both
 * @param at when the applications stop writing; empty: when the operator says so
 * @param accepted what does not matter
 * @param keepFollowing whether the sync goes on after the cut-over
 * @param wayBack whether the changes of the target are to be followed later
 * @param timeout how long to wait, from the freeze time on
 */
public record CutOverOptions(
    Turn turn,
    Optional<Instant> at,
    Accepted accepted,
    boolean keepFollowing,
    boolean wayBack,
    Duration timeout) {}
