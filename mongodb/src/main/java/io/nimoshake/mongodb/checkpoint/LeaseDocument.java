package io.nimoshake.mongodb.checkpoint;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The one document that says who holds the checkpoint. MongoDB changes a document atomically, so
 * everything that must change at one moment is in here: the holder, the journal of the last save,
 * and the term from which on records count.
 *
 * <p>A new holder begins a new <em>term</em>, whose number is one higher. A process changes the
 * document only under its own term.
 */
final class LeaseDocument {
  /** The {@code _id} of the document in {@code status_table}. */
  static final String ID = "lease";

  private static final String TERM = "Term";
  private static final String HOLDER = "Holder";
  private static final String FENCE = "Holder.Fence";
  private static final String FORMAT = "Format";
  private static final String JOURNAL = "Journal";
  private static final String JOURNAL_NUMBER = "JournalNumber";
  private static final String RECORDS_FROM = "RecordsFrom";
  private static final String TAKEN_OVER = "TakenOver";

  private static final Bson THIS_DOCUMENT = Filters.eq("_id", ID);

  private final MongoCollection<Document> status;

  LeaseDocument(MongoDatabase database) {
    this.status = database.getCollection(CheckpointRecords.STATUS_TABLE);
  }

  /** The time in which one process holds the lease. */
  record Term(long number, long fence) {
    private Bson filter() {
      return new Document("_id", ID).append(TERM, number).append(FENCE, fence);
    }
  }

  /** What the document says; empty if there was never a holder. */
  record Content(Document document) {
    /** The process that holds the lease. It may be dead. */
    Optional<Lease> holder() {
      return Optional.ofNullable(document.get(HOLDER, Document.class))
          .map(CheckpointDocuments::toLease);
    }

    /** The number of the current term. */
    long term() {
      return number(TERM);
    }

    /** The format of the checkpoint. */
    int format() {
      return document.getInteger(FORMAT, CheckpointDocuments.FORMAT);
    }

    /** Records of earlier terms do not count. */
    long recordsFrom() {
      return number(RECORDS_FROM);
    }

    /** Whether our records count already, although those of the Go tool may still exist. */
    boolean takenOver() {
      return document.getBoolean(TAKEN_OVER, false);
    }

    /** The entries of the last save. */
    List<CheckpointEntry> journal() {
      return document.getList(JOURNAL, Document.class, List.of()).stream()
          .map(CheckpointDocuments::toEntry)
          .toList();
    }

    /** The number of the last journal. */
    long journalNumber() {
      return number(JOURNAL_NUMBER);
    }

    private long number(String field) {
      return document.containsKey(field) ? CheckpointDocuments.number(document, field) : 0;
    }
  }

  Content read() {
    Document document = status.find(THIS_DOCUMENT).first();
    return new Content(document == null ? new Document() : document);
  }

  /**
   * Reads the document under a term.
   *
   * @throws Fault.Fatal if the term is over
   */
  Content read(Term term) throws Fault.Fatal {
    Document document = status.find(term.filter()).first();
    if (document == null) {
      throw lost();
    }
    return new Content(document);
  }

  /**
   * Replaces the lease if it is still the expected one. The term stays if the holder stays.
   *
   * @return the new content; empty if the lease was another one
   * @throws com.mongodb.MongoException with a duplicate key if no lease was expected and there is
   *     one
   */
  Optional<Content> replace(Optional<Lease> expected, Optional<Lease> next) {
    Bson asExpected =
        expected
            .map(lease -> Filters.eq(FENCE, lease.fence()))
            .orElseGet(() -> Filters.exists(HOLDER, false));
    List<Bson> updates = new ArrayList<>();
    updates.add(Updates.set("Key", ID));
    updates.add(Updates.set(FORMAT, CheckpointDocuments.FORMAT));
    updates.add(
        next.map(lease -> Updates.set(HOLDER, CheckpointDocuments.ofLease(lease)))
            .orElseGet(() -> Updates.unset(HOLDER)));
    if (!isSameTerm(expected, next)) {
      updates.add(Updates.inc(TERM, 1L));
    }
    Document now =
        status.findOneAndUpdate(
            Filters.and(THIS_DOCUMENT, asExpected),
            Updates.combine(updates),
            new FindOneAndUpdateOptions()
                .upsert(expected.isEmpty())
                .returnDocument(ReturnDocument.AFTER));
    return Optional.ofNullable(now).map(Content::new);
  }

  static boolean isSameTerm(Optional<Lease> expected, Optional<Lease> next) {
    return expected.isPresent() && next.map(Lease::fence).equals(expected.map(Lease::fence));
  }

  /**
   * Replaces the journal.
   *
   * @param number higher than that of every write of a journal before it, failed ones included. A
   *     write whose answer did not come in time may still wait at the server. When it is done at
   *     last, it must not replace a later journal.
   */
  void setJournal(Term term, long number, List<CheckpointEntry> entries) throws Fault.Fatal {
    Bson later =
        Filters.or(Filters.exists(JOURNAL_NUMBER, false), Filters.lt(JOURNAL_NUMBER, number));
    Bson update =
        Updates.combine(
            Updates.set(JOURNAL, entries.stream().map(CheckpointDocuments::toDocument).toList()),
            Updates.set(JOURNAL_NUMBER, number));
    if (status.updateOne(Filters.and(term.filter(), later), update).getMatchedCount() == 0) {
      throw lost();
    }
  }

  /** Removes the journal, if the term is not over. */
  void removeJournal(Term term) {
    status.updateOne(term.filter(), Updates.unset(JOURNAL));
  }

  /** From now on only records of this term count. */
  void setRecordsFrom(Term term) throws Fault.Fatal {
    update(term, Updates.set(RECORDS_FROM, term.number()));
  }

  void setTakenOver(Term term, boolean takenOver) throws Fault.Fatal {
    update(term, takenOver ? Updates.set(TAKEN_OVER, true) : Updates.unset(TAKEN_OVER));
  }

  private void update(Term term, Bson update) throws Fault.Fatal {
    if (status.updateOne(term.filter(), update).getMatchedCount() == 0) {
      throw lost();
    }
  }

  /** Another process holds the lease. */
  static Fault.Fatal lost() {
    return new Fault.Fatal(
        "another process has taken over this sync; this process does not hold its lease any more");
  }
}
