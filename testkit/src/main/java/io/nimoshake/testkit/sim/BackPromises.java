package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.testkit.sim.BackMongo.Effect;
import io.nimoshake.testkit.sim.BackMongo.Entry;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What must hold at every step of the way back. Told of everything that reaches DynamoDB, the dead
 * letters and the store; throws {@link SimFailure} at the step that breaks a promise.
 */
final class BackPromises {
  /** What is known of one table. */
  private static final class Known {
    /** Version of the last write of a key or of its last dead letter. */
    final Map<String, Long> reached = new HashMap<>();

    /** Version that the stored position says was reached. */
    final Map<String, Long> covered = new HashMap<>();

    /** Entry up to which the stored position covers everything. */
    long position;

    /** Parts of a new copy that are in the store. */
    final Map<String, Position> parts = new HashMap<>();

    /** Whether the stored position is that of a new copy. */
    boolean jumped;

    /** Whether a new copy is stored as begun and not as complete. */
    boolean copying;
  }

  private final SimFaults faults;
  private final BackMongo mongo;
  private final Map<String, BackTables.Table> dynamo;
  private final boolean takesDeadLetters;
  private final Map<String, Known> tables = new HashMap<>();
  private int recopies;
  private Direction live = Direction.CUT_OVER;

  BackPromises(
      SimFaults faults,
      BackMongo mongo,
      Map<String, BackTables.Table> dynamo,
      boolean takesDeadLetters) {
    this.faults = faults;
    this.mongo = mongo;
    this.dynamo = dynamo;
    this.takesDeadLetters = takesDeadLetters;
  }

  private static SimFailure broken(String table, String what) {
    return new SimFailure(table + ": " + what);
  }

  /** Table and items are equal at this entry, at which the way back begins. */
  void cutOver(Table table, long position) {
    Known known = new Known();
    known.position = position;
    mongo.items(table).forEach((key, doc) -> known.reached.put(key, doc.version()));
    tables.put(table.name(), known);
  }

  /** The entry up to which the stored position of a table covers everything. */
  long position(Table table) {
    return tables.get(table.name()).position;
  }

  // --- writes ------------------------------------------------------------------------------------

  void written(String table, String key, long version) {
    if (live != Direction.BACK) {
      throw broken(table, "is written while the checkpoint says " + live);
    }
    Known known = tables.get(table);
    if (known == null) {
      throw broken(table, "is written, and was not cut over");
    }
    long covered = known.covered.getOrDefault(key, 0L);
    if (version < covered) {
      throw broken(
          table, key + "@" + version + " overwrites what is stored as reached, @" + covered);
    }
    known.reached.put(key, version);
  }

  /** Takes rejected documents if the run has dead letters, and fails their table if not. */
  DeadLetters deadLetters() {
    return rejected -> {
      if (!takesDeadLetters) {
        throw new Fault.Poison(rejected.get(0));
      }
      faults.before("dead letters");
      for (Rejected document : rejected) {
        faults.countDown("dead letters");
        tables.get(document.table()).reached.put(document.key(), Long.parseLong(document.reason()));
      }
      faults.after("dead letters");
    };
  }

  // --- checkpoints -------------------------------------------------------------------------------

  void stored(CheckpointEntry entry) {
    if (entry instanceof OfDirection direction) {
      live = direction.direction();
    } else if (live != Direction.BACK) {
      // Of an earlier way back.
      return;
    } else if (entry instanceof OfSplit split && split.split() instanceof Split.OfRecopy part) {
      storedPart(part, split.position());
    } else if (entry instanceof OfSplit split && split.split() instanceof Split.ChangeStream) {
      stored(mongo.tables.get(split.split().table()), BackReader.tokenOf(split.position()));
    } else if (entry instanceof SplitForgotten forgotten && tables.containsKey(forgotten.table())) {
      Known known = tables.get(forgotten.table());
      if (known.copying) {
        // The first one is forgotten when all have ended.
        copied(mongo.tables.get(forgotten.table()), known);
      }
      known.parts.remove(forgotten.splitId());
    }
  }

  private void storedPart(Split.OfRecopy part, Position position) {
    Known known = tables.get(part.table());
    known.parts.put(part.id(), position);
    if (position instanceof Position.Beginning) {
      if (mongo.reaches(known.position)) {
        throw broken(part.table(), "is copied again although its position is not lost");
      }
      known.copying = true;
      known.jumped = false;
    } else if (known.copying
        && known.parts.values().stream().allMatch(Position.End.class::isInstance)) {
      copied(mongo.tables.get(part.table()), known);
    }
  }

  private void copied(Table table, Known known) {
    if (known.jumped) {
      checkCopied(table, known);
    }
    known.copying = false;
  }

  /** The new copy is stored as complete: nothing up to the position that was noted is missing. */
  private void checkCopied(Table table, Known known) {
    Map<String, Entry> last = new HashMap<>();
    for (long number = 1; number <= known.position; number++) {
      Entry entry = mongo.entry(number);
      entry.effects().stream()
          .filter(effect -> effect.table().equals(table.name()))
          .forEach(effect -> last.put(effect.key(), entry));
    }
    last.forEach(
        (key, entry) -> {
          long version =
              entry.effects().stream()
                  .filter(effect -> effect.key().equals(key))
                  .mapToLong(Effect::version)
                  .findFirst()
                  .orElseThrow();
          boolean absent = !dynamo.get(table.name()).items.containsKey(key);
          boolean changedLater =
              next(
                      known.position,
                      later -> later.effects().stream().anyMatch(e -> isOf(e, table, key)))
                  .isPresent();
          boolean gone = entry.now().filter(doc -> doc.key().equals(key)).isEmpty();
          if (known.reached.getOrDefault(key, 0L) >= version) {
            known.covered.merge(key, version, Math::max);
          } else if (!changedLater && !(gone && absent) && !wasDropped(table)) {
            throw broken(table.name(), "is stored as copied without " + entry);
          }
        });
  }

  private static boolean isOf(Effect effect, Table table, String key) {
    return effect.table().equals(table.name()) && effect.key().equals(key);
  }

  /** Then nobody can say what its documents should be, and it is about to fail, or has failed. */
  private boolean wasDropped(Table table) {
    return next(0, entry -> entry.concerns(table) && entry.isOfAll()).isPresent();
  }

  private void stored(Table table, long position) {
    Known known = tables.get(table.name());
    if (position < known.position) {
      throw broken(
          table.name(), "the position goes back from " + known.position + " to " + position);
    }
    if (known.copying && !known.jumped && position > known.position) {
      if (known.parts.size() < 2) {
        throw broken(table.name(), "the position jumps with the parts " + known.parts);
      }
      known.position = position;
      known.jumped = true;
      recopies++;
      return;
    }
    if (known.copying && position > known.position) {
      throw broken(table.name(), "is followed to " + position + " with " + known.parts);
    }
    for (long number = known.position + 1; number <= position; number++) {
      Entry entry = mongo.entry(number);
      if (!entry.concerns(table)) {
        continue;
      }
      if (entry.ends(table)) {
        throw broken(table.name(), "the position " + position + " passes over " + entry);
      }
      entry.effects().forEach(effect -> cover(table, known, entry, effect, position));
    }
    known.position = position;
  }

  private void cover(Table table, Known known, Entry entry, Effect effect, long position) {
    if (!effect.table().equals(table.name())) {
      return;
    }
    if (known.reached.getOrDefault(effect.key(), 0L) >= effect.version()) {
      known.covered.merge(effect.key(), effect.version(), Math::max);
    } else if (!wasLookedUpLater(entry)) {
      throw broken(
          table.name(),
          "the position " + position + " is stored ahead of DynamoDB, without " + entry);
    }
  }

  /** An updated document may have had another key by the time it was read. */
  private boolean wasLookedUpLater(Entry entry) {
    return entry.kind() == BackMongo.Kind.UPDATE
        && next(entry.number(), other -> other.isOfSameDocument(entry)).isPresent();
  }

  private Optional<Entry> next(long number, Predicate<Entry> wanted) {
    for (long next = number + 1; next <= mongo.newest(); next++) {
      if (wanted.test(mongo.entry(next))) {
        return Optional.of(mongo.entry(next));
      }
    }
    return Optional.empty();
  }

  // --- the end -----------------------------------------------------------------------------------

  /** Whether the stored position covers everything that was done. */
  boolean isCaughtUp(Table table) {
    return next(table).isEmpty() && !isCopying(table);
  }

  boolean isCopying(Table table) {
    return tables.get(table.name()).copying;
  }

  /** How many times a table was copied again. */
  int recopies() {
    return recopies;
  }

  /** The first entry about the table that the stored position does not cover. */
  Optional<Entry> next(Table table) {
    return next(position(table), entry -> entry.concerns(table));
  }

  /** Whether the last change of a document is in the dead letters. */
  boolean isDeadLetter(Table table, String key, long version) {
    return tables.get(table.name()).reached.getOrDefault(key, 0L) == version;
  }
}
