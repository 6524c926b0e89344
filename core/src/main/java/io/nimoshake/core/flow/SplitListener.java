package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.Optional;

/**
 * Hears what becomes of a split that a {@link SplitPipeline} runs; on any thread, one call at a
 * time.
 */
public interface SplitListener {
  /**
   * Everything up to this position is durable; after {@link Position#END} nothing follows.
   *
   * @param recordTime creation time of the newest record of the page that is durable now
   * @param begun by the service's clock: the call that read this page began at this moment or
   *     later; empty where nobody can tell
   */
  void durable(
      Split split, Position position, Optional<Instant> recordTime, Optional<Instant> begun);

  /**
   * A shard had nothing new for a while: every record created before a moment is durable, except
   * for a few minutes of delays of the service. Called now and then while it stays so.
   *
   * @param at by the service's clock; by that of this host only if nobody can tell the other
   */
  default void caughtUp(Split split, Instant at) {}

  /**
   * While a cut-over waits: a shard was read to its newest record, nothing came, and everything
   * read before is durable.
   *
   * @param begun the call began at this moment or later, by the service's clock
   */
  default void readEmpty(Split split, Instant begun) {}

  /** The split cannot go on; nothing follows. */
  void failed(Split split, Fault fault);

  /** It was stopped and no write of it is under way; nothing follows. */
  void stopped(Split split);
}
