package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import io.nimoshake.testkit.sim.BackMongo.Entry;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Reads the change stream of one table, as a reader of MongoDB does: inserted documents as they
 * were, updated ones as they are now; a document that is gone is looked for in the other
 * collections of its table.
 */
final class BackReader extends BackSplitReader {
  private static final int MOST_ENTRIES = 12;
  private static final long TOKEN_MOVES_EVERY_NANOS = Duration.ofMinutes(2).toNanos();

  private final SimWrongAnswers wrong;

  /** Every entry up to this one was looked at; the token may still be behind. */
  private long seen;

  private long token;
  private long movedNanos;

  BackReader(
      String table,
      Position from,
      BackMongo mongo,
      SimLoop loop,
      SimFaults faults,
      SimWrongAnswers wrong,
      Runnable onClose) {
    super(table, mongo, loop, faults, onClose);
    this.wrong = wrong;
    this.token = tokenOf(from);
    this.seen = token;
    this.movedNanos = loop.nanoTime();
  }

  /** The entry up to which everything was read. */
  static long tokenOf(Position position) {
    if (position instanceof Position.After after) {
      return Long.parseLong(after.token());
    }
    throw new SimFailure("a change stream is read from " + position);
  }

  @Override
  public ChangeBatch read() throws Fault {
    String doing = "change stream of " + table.name();
    faults.before(doing);
    if (!mongo.reaches(seen) || wrong.isWrong(doing)) {
      loop.trace(doing + ": cannot go on after " + seen + ", the oplog is from " + mongo.oldest());
      // Its cursor is lost: it is opened again after its last page.
      seen = token;
      throw new Fault.StreamGone(doing + ": history lost", mongo.time(), null);
    }
    ChangeBatch.Builder page = ChangeBatch.builder(new Split.ChangeStream(table.name()));
    long next = seen + 1;
    long visible = mongo.visible();
    long last = Math.min(visible, seen + loop.random().between(1, MOST_ENTRIES));
    int found = 0;
    while (next <= last) {
      Entry entry = mongo.entry(next);
      if (entry.concerns(table)) {
        if (entry.ends(table)) {
          break;
        }
        add(entry, page);
        found++;
      }
      next++;
    }
    boolean ended = next <= last;
    if (ended && found == 0) {
      throw new Fault.Gap(
          "table " + table.name() + ": " + mongo.entry(next).kind(),
          Optional.of(mongo.entry(next).time()),
          Optional.empty(),
          null);
    }
    seen = Math.max(seen, next - 1);
    if (seen >= visible) {
      // What a resume token says: whole seconds.
      page.begun(mongo.readableUntil().truncatedTo(ChronoUnit.SECONDS));
    }
    boolean due = loop.nanoTime() - movedNanos >= TOKEN_MOVES_EVERY_NANOS;
    if (found > 0 || due) {
      token = seen;
      movedNanos = loop.nanoTime();
    }
    if (found > 0) {
      loop.trace(doing + ": " + found + " to " + token);
    }
    return page.build(Position.after(Long.toString(token)));
  }

  private void add(Entry entry, ChangeBatch.Builder page) {
    Optional<Doc> now =
        entry.kind() == BackMongo.Kind.UPDATE
            ? mongo.at(entry.collection(), entry.id())
            : entry.now();
    Optional<Doc> ours = now.filter(doc -> doc.table().equals(table.name()));
    Optional<String> before =
        entry.was().filter(doc -> doc.table().equals(table.name())).map(Doc::key);
    if (now.filter(doc -> doc.table().isEmpty()).isPresent()) {
      page.reject(rejected(table, entry.collection() + "/" + entry.id(), now.get().version()));
    } else if (ours.isEmpty() && before.isEmpty()) {
      page.skip(entry.time());
    }
    if (before.isPresent() && !before.equals(ours.map(Doc::key))) {
      page.add(goneFromHere(before.get(), entry), entry.time());
    }
    ours.ifPresent(doc -> page.add(upsert(doc), entry.time()));
  }

  /** What is elsewhere may be newer than the entry: its own entry is still to come then. */
  private Change goneFromHere(String key, Entry entry) {
    if (!table.generatedIds()) {
      for (String collection : mongo.places(table, key)) {
        return upsert(mongo.at(collection, table.idOf(key)).orElseThrow());
      }
    }
    return SimTable.delete(key, entry.number());
  }

  static Change upsert(Doc doc) {
    return BackTables.upsert(doc.key(), doc.version(), doc.unfit());
  }

  static Rejected rejected(Table table, String key, long version) {
    return new Rejected(table.name(), key, Long.toString(version), "{}");
  }
}
