package io.nimoshake.app.replay;

import io.nimoshake.app.check.Finding.Repaired;
import io.nimoshake.app.check.Mending;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.letter.AcceptedLetters;
import io.nimoshake.app.letter.DeadLetter;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.setup.DeadLetterFile;
import io.nimoshake.setup.DeadLetterFile.Direction;
import io.nimoshake.setup.TableFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes the items of a dead letter file again. Each item is read from the source as it is now,
 * converted as a sync does, and written only if the target still holds what was read before. So the
 * target ends as the source is, even if a running sync writes the same item meanwhile, and nothing
 * newer is overwritten: see {@link Mending}. The lines of items that are still rejected stay in the
 * file, with the reason of this time.
 */
public final class Replay {
  private final Sides sides;
  private final SyncBeside beside;
  private final TableFilter filter;
  private final Clock clock;
  private final Consumer<String> left;
  private final SettledSink settled;
  private final Map<String, Table> tables = new HashMap<>();

  private long items;
  private long written;
  private long deleted;
  private long equal;
  private long leftInFile;
  private long settledLetters;

  /** Takes the number of letters that are no longer in the file, or now say that a document is. */
  public interface SettledSink {
    /** Called once, when the file was replaced. */
    void take(long letters) throws Fault;
  }

  /** A table of the file: how to repair it, or why it cannot be repaired. */
  private record Table(Optional<Mending> repair, String problem, Set<ItemKey> stillRejected) {
    static Table cannot(String problem) {
      return new Table(Optional.empty(), problem, Set.of());
    }
  }

  /**
   * What became of the items of a file.
   *
   * @param items items that the file named; an item may be in it more than once
   * @param written were written to the target
   * @param deleted were deleted in the target, because the source does not have them any more
   * @param equal were already in the target as in the source
   * @param left stay in the file
   */
  public record Summary(long items, long written, long deleted, long equal, long left) {}

  /**
   * @param beside the sync that may be running
   * @param filter the tables of the configuration; items of others stay in the file
   * @param left takes a line for each item that stays in the file
   * @param settled takes how many letters of a copy were settled
   */
  public Replay(
      Sides sides,
      SyncBeside beside,
      TableFilter filter,
      Clock clock,
      Consumer<String> left,
      SettledSink settled) {
    this.sides = sides;
    this.beside = beside;
    this.filter = filter;
    this.clock = clock;
    this.left = left;
    this.settled = settled;
  }

  /**
   * Replays an existing file.
   *
   * @throws Fault if a side does not answer; what was not replayed stays in the file
   */
  public Summary run(Path path) throws Fault {
    Optional<Fault> failure;
    try (LetterFile file = LetterFile.open(path)) {
      failure = replayAll(file);
      requireNoNewCopy();
      file.replace();
      settled.take(settledLetters);
    } catch (IOException e) {
      throw new Fault.Fatal("the dead letters of " + path + " cannot be replayed: " + e, e);
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    return new Summary(items, written, deleted, equal, leftInFile);
  }

  /** A new copy that began meanwhile may lack what was found or written in the collection. */
  private void requireNoNewCopy() throws Fault {
    for (Map.Entry<String, Table> table : tables.entrySet()) {
      if (table.getValue().repair().isPresent() && beside.isCopyingAgain(table.getKey())) {
        throw new Fault.TableFailed(
            "table "
                + table.getKey()
                + " is being copied again since the replay began: the file is left as it was."
                + " Replay it again after that",
            null);
      }
    }
  }

  /** Returns the fault that ended the replay early. */
  private Optional<Fault> replayAll(LetterFile file) throws IOException {
    for (String line = file.next(); line != null; line = file.next()) {
      if (line.isBlank()) {
        continue;
      }
      items++;
      Optional<String> stays;
      try {
        stays = outcome(line);
      } catch (Fault e) {
        file.keep(line);
        return Optional.of(e);
      }
      boolean counted = AcceptedLetters.counts(line);
      if (counted && stays.filter(AcceptedLetters::counts).isEmpty()) {
        settledLetters++;
      }
      if (stays.isPresent()) {
        leftInFile++;
        file.keep(stays.get());
      }
    }
    return Optional.empty();
  }

  /** The line that stays in the file; empty if the item is done. */
  private Optional<String> outcome(String line) throws Fault {
    Optional<DeadLetter> letter = DeadLetter.parse(line);
    if (letter.isEmpty()) {
      return stays(line, "a line that is not a dead letter");
    }
    String name = letter.get().table();
    Table table = table(name);
    if (table.repair().isEmpty()) {
      return stays(line, "table " + name + ": " + table.problem());
    }
    Mending repair = table.repair().get();
    Optional<ItemKey> key = letter.get().key(repair.schema(), sides.convert());
    if (key.isEmpty()) {
      return stays(line, "table " + name + ": the line does not tell the key of the item");
    }
    if (table.stillRejected().contains(key.get())) {
      // It was in the file twice, and one line of it stays.
      items--;
      return Optional.empty();
    }
    Optional<String> why = repair.whyNoItem(key.get());
    if (why.isPresent()) {
      return stays(line, "table " + name + ": no item can have the key of the line: " + why.get());
    }
    Repaired repaired = repair.of(key.get());
    switch (repaired.outcome()) {
      case WRITTEN -> written++;
      case DELETED -> deleted++;
      case ALREADY_EQUAL, LEFT_EXTRA -> equal++;
      case REJECTED, GAVE_UP -> {
        table.stillRejected().add(key.get());
        Direction direction = sides.mongoIsTruth() ? Direction.BACK : Direction.FORWARD;
        String kept =
            repaired
                .rejected()
                .map(rejected -> DeadLetterFile.line(clock.instant(), direction, rejected))
                .orElse(line);
        return stays(
            kept, "table " + name + ", item " + KeyCodec.text(key.get()) + ": " + repaired.what());
      }
    }
    return Optional.empty();
  }

  private Optional<String> stays(String line, String why) {
    left.accept(why);
    return Optional.of(line);
  }

  private Table table(String name) throws Fault {
    Table table = tables.get(name);
    if (table == null) {
      table = open(name);
      tables.put(name, table);
    }
    return table;
  }

  private Table open(String name) throws Fault {
    if (!filter.test(name)) {
      return Table.cannot("the configuration does not select it");
    }
    if (beside.isCopyingAgain(name)) {
      return Table.cannot("it is being copied again: replay its items after that");
    }
    try {
      Optional<Mending> repair = Mending.ofTable(sides, name);
      return repair.isPresent()
          ? new Table(repair, "", new HashSet<>())
          : Table.cannot("the target does not have it");
    } catch (Fault.TableGone e) {
      // Not a fault of the replay: the user sees it and decides.
      return Table.cannot("the source does not have it");
    }
  }
}
