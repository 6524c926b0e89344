package io.nimoshake.mongodb.checkpoint;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.checkpoint.Checkpoint;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a checkpoint in a MongoDB database of its own: a collection a table for shards, and {@code
 * status_table} for everything else, as the Go tool does.
 *
 * <p><b>Order.</b> A save first puts all of its entries into the lease document, by one atomic
 * update: from then on they count, as {@link #load} reads that journal over the records. Only then
 * are the records changed, which may happen in any order and stop anywhere. The next save begins
 * when the records are done, so the journal of the last one never has to be taken away.
 *
 * <p><b>Fencing.</b> The lease document counts its holders in {@code Term}. The update of the
 * journal names holder and term; a record is only replaced by the term it has or a newer one. A new
 * holder finishes the journal it found and raises the term of all records before it saves anything;
 * records of lesser terms than {@code RecordsFrom} do not count. So a process that was stopped in
 * the middle of a save, and wakes after another took over, changes nothing that counts.
 *
 * <p>Neither needs transactions, which standalone servers do not have. Safe for use by several
 * threads; saves take turns.
 */
public final class MongoCheckpointStore implements GoCheckpointImport {
  private static final String LEASE = "lease";

  /** Set from when our records count instead of the Go tool's until those are removed. */
  private static final String TAKEN_OVER = "TakenOver";

  private static final Bson LEASE_DOCUMENT = Filters.eq("_id", LEASE);

  /**
   * Keeps the journal under the 16 MB of a document: an entry has some 600 bytes, with the longest
   * key DynamoDB allows (3 KB) in Base64 under 5 KB.
   */
  private static final int MAX_JOURNAL_ENTRIES = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(MongoCheckpointStore.class);

  private final String uri;
  private final FailedCalls failedCalls = new FailedCalls();
  private final MongoClient client;
  private final MongoDatabase database;
  private final CheckpointRecords records;

  /** The term this process holds or held, once known. Guarded by this, as are the two below. */
  private Optional<Term> held = Optional.empty();

  /** Whether the records are ours: the journal we found is done and their term is raised. */
  private boolean adopted;

  /** Entries that may be in the journal only, as their save did not come to its end. */
  private List<CheckpointEntry> unfinished = List.of();

  private record Term(long number, long fence) {
    Bson filter() {
      return new Document("_id", LEASE).append("Term", number).append("Holder.Fence", fence);
    }
  }

  /**
   * Does not connect yet; see {@link #check}.
   *
   * @throws Fault.Fatal if the address is malformed
   */
  public MongoCheckpointStore(String uri, String database) throws Fault.Fatal {
    this.uri = uri;
    this.client = MongoConnection.open(uri, failedCalls);
    this.database = client.getDatabase(database);
    this.records = new CheckpointRecords(this.database);
  }

  /**
   * For start-up.
   *
   * @param timeout how long to look for the server
   * @throws Fault.Fatal one clear line if it cannot be reached or refuses us
   */
  public void check(Duration timeout) throws Fault.Fatal {
    MongoConnection.check("checkpoint", uri, database.getName(), false, timeout);
  }

  /**
   * {@inheritDoc}
   *
   * @throws Fault.Fatal if a checkpoint of the Go tool is to be taken over first, or it was written
   *     by a newer version of this program
   */
  @Override
  public List<CheckpointEntry> load() throws Fault {
    try {
      Document lease = leaseDocument().orElseGet(Document::new);
      if (lease.getInteger("Format", CheckpointDocuments.FORMAT) > CheckpointDocuments.FORMAT) {
        throw new Fault.Fatal(
            "the checkpoint in database "
                + database.getName()
                + " was written by a newer version of nimo-shake");
      }
      if (goCheckpoint(lease).isPresent()) {
        throw new Fault.Fatal(
            "the checkpoint in database "
                + database.getName()
                + " is the Go tool's: only a sync takes it over");
      }
      return new Checkpoint()
          .apply(records.readAll(lease.get("RecordsFrom", 0L)))
          .apply(journal(lease))
          .entries();
    } catch (MongoException e) {
      throw fault(e, "read the checkpoint in " + database.getName());
    }
  }

  @Override
  public Optional<GoCheckpoint> goCheckpoint() throws Fault {
    try {
      return goCheckpoint(leaseDocument().orElseGet(Document::new));
    } catch (MongoException e) {
      throw fault(e, "read the checkpoint in " + database.getName());
    }
  }

  private Optional<GoCheckpoint> goCheckpoint(Document lease) {
    return lease.getBoolean(TAKEN_OVER, false) ? Optional.empty() : records.readForeign();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Our records are put beside the Go tool's; a field of the lease says from when on they count;
   * then the Go tool's are removed, by the next holder if this one does not come to it.
   */
  @Override
  public synchronized void takeOver(long fence, List<CheckpointEntry> entries) throws Fault {
    save(fence, entries);
    try {
      Term term = term(fence);
      updateLease(term, Updates.set(TAKEN_OVER, true));
      removeGoCheckpoint(term);
    } catch (MongoException e) {
      throw fault(e, "take over the checkpoint in " + database.getName());
    }
  }

  private void removeGoCheckpoint(Term term) throws Fault {
    records.removeForeign();
    updateLease(term, Updates.unset(TAKEN_OVER));
  }

  @Override
  public synchronized void save(long fence, List<CheckpointEntry> entries) throws Fault {
    try {
      Term term = term(fence);
      if (!adopted) {
        adopt(term);
      }
      // an earlier save that failed is finished first: the next journal would take its place
      store(term, unfinished);
      for (int from = 0; from < entries.size(); from += MAX_JOURNAL_ENTRIES) {
        int to = Math.min(from + MAX_JOURNAL_ENTRIES, entries.size());
        store(term, entries.subList(from, to));
      }
    } catch (MongoException e) {
      throw fault(e, "save the checkpoint in " + database.getName());
    }
  }

  @Override
  public Optional<Lease> lease() throws Fault {
    try {
      return leaseDocument().flatMap(MongoCheckpointStore::holder);
    } catch (MongoException e) {
      throw fault(e, "read the lease in " + database.getName());
    }
  }

  @Override
  public boolean replaceLease(Optional<Lease> expected, Optional<Lease> next) throws Fault {
    Bson asExpected =
        expected
            .map(lease -> Filters.eq("Holder.Fence", lease.fence()))
            .orElseGet(() -> Filters.exists("Holder", false));
    boolean sameTerm =
        expected.isPresent() && next.map(Lease::fence).equals(expected.map(Lease::fence));
    List<Bson> updates = new ArrayList<>();
    updates.add(Updates.set("Key", LEASE));
    updates.add(Updates.set("Format", CheckpointDocuments.FORMAT));
    updates.add(
        next.map(lease -> Updates.set("Holder", CheckpointDocuments.ofLease(lease)))
            .orElseGet(() -> Updates.unset("Holder")));
    if (!sameTerm) {
      updates.add(Updates.inc("Term", 1L));
    }
    try {
      Document now =
          status()
              .findOneAndUpdate(
                  Filters.and(LEASE_DOCUMENT, asExpected),
                  Updates.combine(updates),
                  new FindOneAndUpdateOptions()
                      .upsert(expected.isEmpty())
                      .returnDocument(ReturnDocument.AFTER));
      if (now == null) {
        return false;
      }
      if (!sameTerm) {
        long number = CheckpointDocuments.number(now, "Term");
        holds(next.map(lease -> new Term(number, lease.fence())));
      }
      return true;
    } catch (MongoException e) {
      if (MongoFaults.isDuplicateKey(e)) {
        // the lease is there and has a holder: what was expected absent was tried to be inserted
        return false;
      }
      throw fault(e, "take the lease in " + database.getName());
    }
  }

  @Override
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  /**
   * The journal goes, as all of it is in the records: where the Go tool goes on from them, it would
   * be in its way when this program comes again.
   */
  @Override
  public synchronized void close() {
    if (held.isPresent() && adopted && unfinished.isEmpty()) {
      try {
        status().updateOne(held.get().filter(), Updates.unset("Journal"));
      } catch (MongoException e) {
        LOG.debug("the journal stays where it is: {}", MongoFaults.redact(e.getMessage()));
      }
    }
    client.close();
  }

  private synchronized void holds(Optional<Term> term) {
    held = term;
    adopted = false;
    unfinished = List.of();
  }

  private Term term(long fence) throws Fault {
    if (held.isEmpty() || held.get().fence() != fence) {
      Document lease = leaseDocument().orElseThrow(MongoCheckpointStore::lost);
      if (holder(lease).map(Lease::fence).filter(f -> f == fence).isEmpty()) {
        throw lost();
      }
      holds(Optional.of(new Term(CheckpointDocuments.number(lease, "Term"), fence)));
    }
    return held.get();
  }

  /** Finishes what the holder before us began, and makes its records ours. */
  private void adopt(Term term) throws Fault {
    Document lease = status().find(term.filter()).first();
    if (lease == null) {
      throw lost();
    }
    if (!lease.get("RecordsFrom", 0L).equals(term.number())) {
      records.removeBefore(lease.get("RecordsFrom", 0L));
      records.apply(term.number(), Checkpoint.of(journal(lease)));
      records.raise(term.number());
      updateLease(term, Updates.set("RecordsFrom", term.number()));
    }
    if (lease.getBoolean(TAKEN_OVER, false)) {
      removeGoCheckpoint(term);
    }
    adopted = true;
  }

  private void store(Term term, List<CheckpointEntry> entries) throws Fault {
    if (entries.isEmpty()) {
      return;
    }
    unfinished = List.copyOf(entries);
    writeJournal(term, entries);
    records.apply(term.number(), Checkpoint.of(entries));
    unfinished = List.of();
  }

  private void writeJournal(Term term, List<CheckpointEntry> entries) throws Fault {
    updateLease(
        term,
        Updates.set("Journal", entries.stream().map(CheckpointDocuments::toDocument).toList()));
  }

  private void updateLease(Term term, Bson update) throws Fault {
    if (status().updateOne(term.filter(), update).getMatchedCount() == 0) {
      throw lost();
    }
  }

  private static List<CheckpointEntry> journal(Document lease) {
    return lease.getList("Journal", Document.class, List.of()).stream()
        .map(CheckpointDocuments::toEntry)
        .toList();
  }

  private static Optional<Lease> holder(Document lease) {
    return Optional.ofNullable(lease.get("Holder", Document.class))
        .map(CheckpointDocuments::toLease);
  }

  private Optional<Document> leaseDocument() {
    return Optional.ofNullable(status().find(LEASE_DOCUMENT).first());
  }

  private MongoCollection<Document> status() {
    return database.getCollection(CheckpointRecords.STATUS_TABLE);
  }

  /** What cannot be retried concerns no single table here: nothing can go on. */
  private static Fault fault(MongoException e, String doing) {
    Fault fault = MongoFaults.of(e, doing);
    return fault.isRetryable() ? fault : new Fault.Fatal(fault.getMessage(), e);
  }

  public static Fault.Fatal lost() {
    return new Fault.Fatal("another process has taken over this sync: its lease is no longer ours");
  }
}
