package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table in a state that a test gives it. */
public final class GivenTable {
  private final String name;
  private final TableState state;
  private final List<SplitState> splits = new ArrayList<>();
  private Optional<Long> items = Optional.empty();
  private Optional<Fault> failure = Optional.empty();
  private Optional<Integer> segmentsDoneBefore = Optional.empty();
  private Optional<Instant> unreadSince = Optional.empty();
  private Optional<PlanView.Backfill> backfill = Optional.empty();
  private TableStats stats = new TableStats();
  private TableLimits limits = TableLimits.none();

  private GivenTable(String name, TableState state) {
    this.name = name;
    this.state = state;
  }

  public static GivenTable of(String name, TableState state) {
    return new GivenTable(name, state);
  }

  /** A sync with these tables. */
  public static SyncView sync(TableView... tables) {
    return sync(List.of(tables));
  }

  public static SyncView sync(List<TableView> tables) {
    return sync(tables, false, 0);
  }

  /** On a host whose clock is behind the source by so much. */
  public static SyncView syncOnHostBehindBy(
      Duration behind, Optional<Instant> leaseExpires, TableView... tables) {
    return new SyncView(
        List.of(tables),
        false,
        false,
        0,
        leaseExpires,
        Optional.empty(),
        List.of(),
        List.of(),
        behind);
  }

  public static SyncView sync(List<TableView> tables, boolean stopping, long memoryHeldBytes) {
    return new SyncView(
        tables,
        false,
        stopping,
        memoryHeldBytes,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Duration.ZERO);
  }

  /** As DynamoDB estimates it. */
  public GivenTable items(long number) {
    items = Optional.of(number);
    return this;
  }

  public GivenTable segments(int done, int of) {
    for (int i = 0; i < of; i++) {
      splits.add(
          new SplitState(
              new Split.ScanSegment(name, i, of),
              i < done ? Progress.DONE : Progress.RUNNING,
              i < done ? Position.END : Position.BEGINNING,
              Optional.empty(),
              Instant.EPOCH));
    }
    return this;
  }

  public GivenTable shard(String id, Progress progress, Instant record, String... parents) {
    Position position = progress == Progress.DONE ? Position.END : Position.after("123");
    return splits(
        new SplitState(
            new Split.StreamShard(name, "arn", id, Set.of(parents), Optional.empty(), Instant.MIN),
            progress,
            position,
            Optional.of(record),
            record.plusSeconds(1)));
  }

  public GivenTable splits(SplitState... more) {
    splits.addAll(List.of(more));
    return this;
  }

  public GivenTable failure(String why) {
    failure = Optional.of(new Fault.TableFailed(why, null));
    return this;
  }

  public GivenTable resumed(int segmentsDone) {
    segmentsDoneBefore = Optional.of(segmentsDone);
    return this;
  }

  public GivenTable unreadSince(Instant moment) {
    unreadSince = Optional.of(moment);
    return this;
  }

  public GivenTable backfill(PlanView.Backfill given) {
    backfill = Optional.of(given);
    return this;
  }

  public GivenTable stats(TableStats given) {
    stats = given;
    return this;
  }

  public GivenTable limits(TableLimits given) {
    limits = given;
    return this;
  }

  /** With so many items copied, and changes written. */
  public GivenTable written(long copied, long changes) {
    stats.copy.written.add(copied);
    stats.stream.written.add(changes);
    return this;
  }

  public TableView view() {
    return new TableView(
        new PlanView.Table(
            name,
            state,
            splits,
            failure,
            segmentsDoneBefore,
            unreadSince,
            List.of(),
            Optional.of(Duration.ofHours(24)),
            Optional.empty(),
            backfill),
        items,
        stats,
        limits);
  }
}
