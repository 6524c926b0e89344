package io.nimoshake.mongodb.checkpoint;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.LeaseDocument.Term;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores a checkpoint in a MongoDB database of its own. As in the Go tool, the shards of a table
 * are in a collection of its name, and everything else is in {@code status_table}.
 *
 * <p><b>Order.</b> A save first writes all of its entries into the {@link LeaseDocument}, by one
 * atomic update. From then on they count, because {@link #load} applies this journal to the
 * records. Then the save changes the records, in any order. It may stop anywhere. The journal is
 * overwritten only by one that holds all of it, or when the records hold all of it.
 *
 * <p><b>One command.</b> A save that holds nothing but progress stops after the journal, which then
 * also holds the progress of the saves before it. The records follow with the first save a few
 * seconds later, and when the store is closed.
 *
 * <p><b>Fencing.</b> The update of the journal names the term of the writer. A record is replaced
 * only under its own term or a newer one. Before a new holder saves anything, it completes the
 * records from the journal and raises them all to its term; records of earlier terms do not count
 * any more. So a process that stops in the middle of a save, and wakes when another holds the
 * lease, changes nothing that counts.
 *
 * <p>Neither needs transactions, which a standalone server does not have. Safe for use by several
 * threads; one saves at a time.
 */
public final class MongoCheckpointStore implements SyncStore {
  /**
   * Keeps the journal below 16 MB, the most that a document may have. An entry has about 600 bytes,
   * and less than 5 KB with the longest key of DynamoDB.
   */
  private static final int MAX_JOURNAL_ENTRIES = 2_000;

  /** No table has a tilde in its name, so none has this collection. */
  private static final String NOTES = "~notes";

  /** Entries that a save may repeat from the saves before it: some 40 KB. */
  private static final int MAX_REPEATED_ENTRIES = 64;

  /**
   * How long saves may leave the records as they are. The Go tool, which knows only them, repeats
   * what came later if this program was killed.
   */
  private static final Duration RECORDS_EVERY = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(MongoCheckpointStore.class);

  private final String uri;
  private final FailedCalls failedCalls = new FailedCalls();
  private final MongoClient client;
  private final MongoDatabase database;
  private final LeaseDocument lease;
  private final CheckpointRecords records;

  /** The term of this process, once it is known; it may be over. Guarded by this. */
  private Optional<Term> held = Optional.empty();

  /** Whether the records are complete and raised to our term. Guarded by this. */
  private boolean adopted;

  /** What the journal holds and the records may lack. Guarded by this. */
  private List<CheckpointEntry> unfinished = List.of();

  private final Duration recordsEvery;

  /** The number of the last write of a journal, also of one that failed. Guarded by this. */
  private long journalNumber;

  /** When the records last held everything. Guarded by this. */
  private long completeNanos;

  /**
   * Does not connect yet; see {@link #check}.
   *
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public MongoCheckpointStore(String uri, String database) throws Fault {
    this(uri, database, RECORDS_EVERY);
  }

  MongoCheckpointStore(String uri, String database, Duration recordsEvery) throws Fault {
    this.recordsEvery = recordsEvery;
    this.uri = uri;
    this.client = MongoConnection.open(uri, failedCalls);
    this.database = client.getDatabase(database);
    this.lease = new LeaseDocument(this.database);
    this.records = new CheckpointRecords(this.database);
  }

  /**
   * Checks at start-up that the server can be used.
   *
   * @param timeout how long to look for the server
   * @throws Fault if it cannot be reached or refuses the user; the message is one line
   */
  public void check(Duration timeout) throws Fault {
    MongoConnection.check("checkpoint", uri, database.getName(), false, timeout);
  }

  /**
   * {@inheritDoc}
   *
   * @throws Fault.Fatal if the checkpoint of the Go tool must be taken over first, or if a newer
   *     version of this program wrote the checkpoint
   */
  @Override
  public List<CheckpointEntry> load() throws Fault {
    try {
      LeaseDocument.Content content = lease.read();
      if (content.format() > CheckpointDocuments.FORMAT) {
        throw new Fault.Fatal(
            "a newer version of nimo-shake wrote the checkpoint in database " + database.getName());
      }
      if (goCheckpoint(content).isPresent()) {
        throw new Fault.Fatal(
            "the checkpoint in database "
                + database.getName()
                + " is one of the Go tool; only a sync takes it over");
      }
      return new Checkpoint()
          .apply(records.readAll(content.recordsFrom()))
          .apply(content.journal())
          .entries();
    } catch (MongoException e) {
      throw fault(e, "read the checkpoint in " + database.getName());
    }
  }

  @Override
  public Optional<GoCheckpoint> goCheckpoint() throws Fault {
    try {
      return goCheckpoint(lease.read());
    } catch (MongoException e) {
      throw fault(e, "read the checkpoint in " + database.getName());
    }
  }

  private Optional<GoCheckpoint> goCheckpoint(LeaseDocument.Content content) {
    return content.takenOver() ? Optional.empty() : records.readForeign();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our records are written beside those of the Go tool. Then a field of the lease document says
   * that ours count, and those of the Go tool are removed. If this process stops before that, the
   * next holder removes them.
   */
  @Override
  public synchronized void takeOver(long fence, List<CheckpointEntry> entries) throws Fault {
    save(fence, entries);
    try {
      Term term = term(fence);
      lease.setTakenOver(term, true);
      removeGoCheckpoint(term);
    } catch (MongoException e) {
      throw fault(e, "take over the checkpoint in " + database.getName());
    }
  }

  private void removeGoCheckpoint(Term term) throws Fault {
    records.removeForeign();
    lease.setTakenOver(term, false);
  }

  @Override
  public synchronized void save(long fence, List<CheckpointEntry> entries) throws Fault {
    try {
      Term term = term(fence);
      if (!adopted) {
        adopt(term);
      }
      Optional<List<CheckpointEntry>> progress = progress(entries);
      if (progress.isPresent() && System.nanoTime() - completeNanos < recordsEvery.toNanos()) {
        lease.setJournal(term, ++journalNumber, progress.get());
        unfinished = progress.get();
        return;
      } else if (progress.isPresent()) {
        store(term, progress.get());
        return;
      }
      // The records must hold the journal before it is overwritten.
      store(term, unfinished);
      for (int from = 0; from < entries.size(); from += MAX_JOURNAL_ENTRIES) {
        int to = Math.min(from + MAX_JOURNAL_ENTRIES, entries.size());
        store(term, entries.subList(from, to));
      }
    } catch (MongoException e) {
      throw fault(e, "save the checkpoint in " + database.getName());
    }
  }

  /**
   * These entries together with what the records lack, as one journal; empty if they are more than
   * progress, or too many.
   */
  private Optional<List<CheckpointEntry>> progress(List<CheckpointEntry> entries) {
    if (!Stream.concat(unfinished.stream(), entries.stream())
        .allMatch(MongoCheckpointStore::isProgress)) {
      return Optional.empty();
    }
    List<CheckpointEntry> all = Checkpoint.of(unfinished).apply(entries).entries();
    return all.size() <= MAX_REPEATED_ENTRIES ? Optional.of(all) : Optional.empty();
  }

  private static boolean isProgress(CheckpointEntry entry) {
    return entry instanceof CheckpointEntry.OfSplit split
        && !(split.position() instanceof Position.Beginning);
  }

  @Override
  public Optional<Lease> lease() throws Fault {
    try {
      return lease.read().holder();
    } catch (MongoException e) {
      throw fault(e, "read the lease in " + database.getName());
    }
  }

  @Override
  public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
    try {
      Optional<LeaseDocument.Content> now = lease.replace(expected, next);
      if (now.isPresent() && !LeaseDocument.isSameTerm(expected, next)) {
        long number = now.get().term();
        begin(next.map(holder -> new Term(number, holder.fence())));
      }
      return now.isPresent();
    } catch (MongoException e) {
      if (MongoFaults.isDuplicateKey(e)) {
        // no lease was expected, but there is one, with a holder
        return false;
      }
      throw fault(e, "take the lease in " + database.getName());
    }
  }

  @Override
  public Map<String, String> notes() throws Fault {
    try {
      Map<String, String> notes = new TreeMap<>();
      for (Document note : database.getCollection(NOTES).find(Filters.type("Text", "string"))) {
        notes.put(String.valueOf(note.get("_id")), note.getString("Text"));
      }
      return notes;
    } catch (MongoException e) {
      throw fault(e, "read the notes in " + database.getName());
    }
  }

  @Override
  public void note(String name, String text) throws Fault {
    try {
      database
          .getCollection(NOTES)
          .replaceOne(
              Filters.eq("_id", name),
              new Document("_id", name).append("Text", text),
              new ReplaceOptions().upsert(true));
    } catch (MongoException e) {
      throw fault(e, "write a note in " + database.getName());
    }
  }

  @Override
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  /**
   * Removes the journal, because the records hold all of it. If the Go tool goes on from the
   * records, the journal must not undo that when this program starts again.
   */
  @Override
  public synchronized void close() {
    if (held.isPresent() && adopted) {
      try {
        store(held.get(), unfinished);
        lease.removeJournal(held.get());
      } catch (MongoException | Fault e) {
        // The next holder completes the records from the journal.
        LOG.debug("the records are not complete: {}", MongoFaults.redact(e.getMessage()));
      }
    }
    client.close();
  }

  private synchronized void begin(Optional<Term> term) {
    held = term;
    adopted = false;
    unfinished = List.of();
  }

  private Term term(long fence) throws Fault {
    if (held.isEmpty() || held.get().fence() != fence) {
      LeaseDocument.Content content = lease.read();
      if (content.holder().filter(holder -> holder.fence() == fence).isEmpty()) {
        throw LeaseDocument.lost();
      }
      begin(Optional.of(new Term(content.term(), fence)));
    }
    return held.get();
  }

  /** Completes what the previous holder began, and raises its records to our term. */
  private void adopt(Term term) throws Fault {
    LeaseDocument.Content content = lease.read(term);
    journalNumber = content.journalNumber();
    boolean newTerm = content.recordsFrom() != term.number();
    if (newTerm) {
      records.removeBefore(content.recordsFrom());
    }
    records.apply(term.number(), Checkpoint.of(content.journal()));
    if (newTerm) {
      records.raise(term.number());
      lease.setRecordsFrom(term);
    }
    if (content.takenOver()) {
      removeGoCheckpoint(term);
    }
    adopted = true;
    completeNanos = System.nanoTime() - recordsEvery.toNanos();
  }

  private void store(Term term, List<CheckpointEntry> entries) throws Fault {
    if (entries.isEmpty()) {
      return;
    }
    unfinished = List.copyOf(entries);
    lease.setJournal(term, ++journalNumber, entries);
    records.apply(term.number(), Checkpoint.of(entries));
    unfinished = List.of();
    completeNanos = System.nanoTime();
  }

  /** A fault that cannot be retried concerns the whole sync here, not one table. */
  private static Fault fault(MongoException e, String doing) {
    Fault fault = MongoFaults.of(e, doing);
    return fault.isRetryable() ? fault : new Fault.Fatal(fault.getMessage(), e);
  }

  /** The fault of a process that does not hold the lease any more. */
  public static Fault.Fatal lost() {
    return LeaseDocument.lost();
  }
}
