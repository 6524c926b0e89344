package io.nimoshake.core.plan;

import io.nimoshake.core.plan.PlanView.Missing;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether all of one table's stream that was written before the freeze time is durable. Calls count
 * that began late enough, see {@link Drain}. It takes all of this:
 *
 * <ul>
 *   <li>Each known shard was read to its end; or it is open and was read empty, {@link
 *       Evidence#ENOUGH} times in a row and over some seconds. One empty page is not the end of
 *       what is there: "it might take multiple calls to get to a portion of the shard that contains
 *       stream records".
 *   <li>Each shard that has ended has a child that is known, because the stream is open.
 *   <li>As many complete listings in a row, over some seconds, have shown the same shards and no
 *       unknown parent. A listing may lag, and show one child of two.
 *   <li>The table still has this stream, and it is enabled.
 * </ul>
 *
 * <p>Everything that is not known is missing.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html">
 *     GetRecords</a>
 */
final class TableDrain implements TableProof {
  private static final Duration EMPTY_FOR = Duration.ofSeconds(2);
  private static final Duration LISTED_FOR = Duration.ofSeconds(4);

  /** At most one listing in this time, by the service's clock, which shows whole seconds. */
  private static final Duration LIST_EVERY = Duration.ofSeconds(1);

  private final TablePlan table;
  private final Optional<StreamPlan> stream;
  private final Instant from;
  private final Map<String, Evidence> empty = new HashMap<>();

  /** Complete listings in a row that agree. */
  private Optional<Evidence> listings = Optional.empty();

  private Set<String> shardsThen = Set.of();
  private boolean open = true;
  private Optional<StreamHandle> found = Optional.empty();
  private Instant asked = Instant.MIN;

  TableDrain(TablePlan table, Instant from) {
    this.table = table;
    this.stream = table.stream();
    this.from = from;
  }

  @Override
  public boolean isCurrent() {
    return table.stream().equals(stream);
  }

  // --- what happens --------------------------------------------------------------------------

  @Override
  public void onReadEmpty(Event.ReadEmpty event) {
    empty.merge(
        event.splitId(), Evidence.first(event.begun()), (b, n) -> b.againSoon(event.begun()));
    if (stream.isEmpty() || asked.isAfter(event.begun().minus(LIST_EVERY))) {
      return;
    }
    asked = event.begun();
    if (!areListed()) {
      stream.get().listAll();
    }
    if (found.isEmpty()) {
      table.whichStream().ask();
    }
  }

  @Override
  public void onRecord(String splitId) {
    empty.remove(splitId);
  }

  @Override
  public void onShardsListed(Event.ShardsListed event) {
    Instant at = event.listing().serviceTime();
    if (stream.isEmpty()
        || !event.streamArn().equals(stream.get().listings().streamArn())
        || !event.listing().complete()) {
      return;
    }
    open = event.listing().open();
    Set<String> shards = stream.get().graph().ids();
    boolean same = open && shards.equals(shardsThen) && !stream.get().listings().hasOrphans();
    shardsThen = shards;
    if (at.isBefore(from)) {
      listings = Optional.empty();
    } else {
      // However far apart: the later a listing, the surer it shows what was there at the freeze.
      listings = same ? Evidence.again(listings, at) : Optional.of(Evidence.first(at));
    }
  }

  @Override
  public void onStreamFound(Event.StreamFound event) {
    // The service's clock in this answer is a moment later than the begin of the call. The empty
    // pages that are waited for besides came later still.
    found = event.stream().filter(handle -> !handle.serviceTime().isBefore(from));
  }

  private boolean areListed() {
    return listings.filter(answers -> answers.isSettled(LISTED_FOR)).isPresent();
  }

  // --- what is missing -----------------------------------------------------------------------

  @Override
  public List<Missing> missing() {
    List<Missing> missing = new ArrayList<>();
    switch (table.state()) {
      case FOLLOWING -> missingOfStream(missing);
      case DONE -> {
        // It was deleted, and its stream was read to the end: nobody can write to it.
      }
      case FAILED ->
          missing.add(
              missing("it has failed: " + table.failure().map(Throwable::getMessage).orElse("")));
      case WAITING, PREPARING, COPYING, FINISHING, SWAPPING, BACKFILLING, STOPPING ->
          missing.add(missing("it is not followed yet: its state is " + name(table.state())));
    }
    return missing;
  }

  private static String name(TableState state) {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  private void missingOfStream(List<Missing> missing) {
    if (table.missing().isDoubted()) {
      missing.add(missing("the source has answered that it does not exist"));
    }
    if (stream.isEmpty() || stream.get().graph().nodes().isEmpty()) {
      missing.add(missing("no shard of its stream is known"));
      return;
    }
    for (Node node : stream.get().graph().nodes()) {
      missingOfShard(node).ifPresent(missing::add);
    }
    if (!open) {
      missing.add(missing("its stream is closed, so changes are not captured"));
    } else if (stream.get().listings().hasOrphans()) {
      missing.add(missing("a shard is listed whose parent is not known"));
    } else if (!areListed()) {
      missing.add(missing("its shards are listed again until the listings agree"));
    }
    String arn = stream.get().listings().streamArn();
    if (found.isEmpty()) {
      missing.add(missing("it is not known yet whether its stream is still enabled"));
    } else if (!found.get().arn().equals(arn) || !found.get().open()) {
      missing.add(missing("its stream was disabled"));
    }
  }

  private Optional<Missing> missingOfShard(Node node) {
    String id = node.shard.shardId();
    return switch (node.progress) {
      case DONE ->
          stream.get().listings().awaitingChildren().contains(id)
              ? Optional.of(missing(id, "it has ended, and no shard that continues it is listed"))
              : Optional.empty();
      case WAITING -> Optional.of(missing(id, "it is not read yet"));
      case RUNNING -> {
        if (node.isClosed()) {
          yield Optional.of(missing(id, "it takes no more records and is not read to its end"));
        }
        boolean isEmpty =
            Optional.ofNullable(empty.get(id)).filter(e -> e.isSettled(EMPTY_FOR)).isPresent();
        yield isEmpty
            ? Optional.empty()
            : Optional.of(missing(id, "it was not yet read empty often enough after " + from));
      }
    };
  }

  private Missing missing(String reason) {
    return new Missing(Optional.of(table.table()), Optional.empty(), reason);
  }

  private Missing missing(String shardId, String reason) {
    return new Missing(Optional.of(table.table()), Optional.of(shardId), reason);
  }
}
