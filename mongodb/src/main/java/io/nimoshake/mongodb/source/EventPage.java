package io.nimoshake.mongodb.source;

import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.mongodb.source.CollectionsOfTable.Found;
import io.nimoshake.mongodb.write.TableLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * Turns the events of one page into changes of items.
 *
 * <p>A document that is gone means that its item is gone, unless another collection of the table
 * has a document of the item: an application may have moved it there. So the other collections are
 * looked at, and what is there is written. What they hold may be newer than the event; its own
 * event is still to come then, and the item ends up right.
 */
final class EventPage {
  private static final JsonWriterSettings WHOLE =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  static final String FOREIGN_ID = "its _id is not that of an item";
  static final String NO_KEY = "it lacks a key attribute";

  private final CollectionsOfTable table;
  private final Predicate<Places.Place> isOfAnotherTable;
  private final List<Step> steps = new ArrayList<>();

  /** What one event means for one item. */
  private sealed interface Step {
    /** The item has this document. */
    record Upsert(ItemKey key, String collection, RawBsonDocument document, Instant time)
        implements Step {}

    /** A document of the item is gone from this collection. */
    record Gone(ItemKey key, String collection, Instant time) implements Step {}

    /** It is nothing that is written. */
    record Skip(Instant time) implements Step {}

    /** It is a document of no item. */
    record Foreign(Rejected document) implements Step {}
  }

  /**
   * @param isOfAnotherTable whether a document of a shared collection belongs to another table
   */
  EventPage(CollectionsOfTable table, Predicate<Places.Place> isOfAnotherTable) {
    this.table = table;
    this.isOfAnotherTable = isOfAnotherTable;
  }

  /**
   * Adds an event about a document.
   *
   * @throws Fault.Gap if it cannot be told which item the event is about
   */
  void add(ChangeEvent event) throws Fault.Gap {
    Optional<RawBsonDocument> document = event.document();
    if (document.filter(EventPage::isTombstone).isPresent()) {
      steps.add(new Step.Skip(event.time()));
    } else if (table.generatedIds()) {
      addByAttributes(event, document);
    } else {
      addById(event, document);
    }
  }

  private void addById(ChangeEvent event, Optional<RawBsonDocument> document) {
    String collection = event.collection();
    Optional<ItemKey> key = table.keyAt(collection, event.id());
    if (key.isPresent()) {
      steps.add(
          document
              .<Step>map(whole -> new Step.Upsert(key.get(), collection, whole, event.time()))
              .orElseGet(() -> new Step.Gone(key.get(), collection, event.time())));
    } else if (document.isEmpty()
        || isOfAnotherTable.test(new Places.Place(collection, StoredDocument.bytes(event.id())))) {
      steps.add(new Step.Skip(event.time()));
    } else {
      steps.add(foreign(collection, document.get(), FOREIGN_ID));
    }
  }

  /** An {@code _id} that was generated says nothing, so the document before is needed. */
  private void addByAttributes(ChangeEvent event, Optional<RawBsonDocument> document)
      throws Fault.Gap {
    String collection = event.collection();
    Optional<ItemKey> before = event.before().flatMap(old -> key(old));
    if (event.before().isEmpty() && event.kind() != ChangeEvent.Kind.INSERT) {
      throw new Fault.Gap(
          "collection "
              + collection
              + ": MongoDB has no pre-image of a changed document, so nobody can say which item it"
              + " was. Pre-images were switched off (changeStreamPreAndPostImages) or have expired",
          Optional.of(event.time()),
          Optional.empty(),
          null);
    }
    Optional<ItemKey> now = document.flatMap(this::key);
    if (before.isPresent() && !before.equals(now)) {
      steps.add(new Step.Gone(before.get(), collection, event.time()));
    }
    if (now.isPresent()) {
      steps.add(new Step.Upsert(now.get(), collection, document.get(), event.time()));
    } else if (document.isPresent()) {
      steps.add(foreign(collection, document.get(), NO_KEY));
    } else if (before.isEmpty()) {
      steps.add(new Step.Skip(event.time()));
    }
  }

  private Optional<ItemKey> key(RawBsonDocument document) {
    return table.way().keyIn(StoredDocument.bytes(document));
  }

  private Step.Foreign foreign(String collection, RawBsonDocument document, String reason) {
    return new Step.Foreign(ofNoItem(table.schema(), collection, document, reason));
  }

  /** A document that stands for no item of its table. */
  static Rejected ofNoItem(
      TableSchema table, String collection, RawBsonDocument document, String reason) {
    String id = new BsonDocument("_id", document.get("_id")).toJson();
    return new Rejected(
        table.name(),
        Rejected.UNKNOWN_KEY,
        "the document "
            + id
            + " of collection "
            + collection
            + " stands for no item of the table: "
            + reason,
        document.toJson(WHOLE));
  }

  static boolean isTombstone(RawBsonDocument document) {
    return document.containsKey(TableLayout.TOMBSTONE)
        && document.get(TableLayout.TOMBSTONE).isDateTime();
  }

  /**
   * The changes of the page.
   *
   * @param database where other collections are looked at
   * @param readTo every change made before this moment was told by now; empty if that is not known
   */
  ChangeBatch changes(
      MongoDatabase database, Split split, Position position, Optional<Instant> readTo) {
    Map<ItemKey, Found> elsewhere = table.lookUp(database, goneFromOneOfMany());
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    readTo.ifPresent(batch::begun);
    for (Step step : steps) {
      if (step instanceof Step.Upsert upsert) {
        batch.add(
            new Change.Upsert(
                upsert.key(), StoredDocument.in(upsert.collection(), upsert.document())),
            upsert.time());
      } else if (step instanceof Step.Gone gone) {
        Found found = elsewhere.get(gone.key());
        batch.add(
            found == null
                ? new Change.Delete(gone.key())
                : new Change.Upsert(
                    gone.key(), StoredDocument.in(found.collection(), found.document())),
            gone.time());
      } else if (step instanceof Step.Skip skip) {
        batch.skip(skip.time());
      } else if (step instanceof Step.Foreign foreign) {
        batch.reject(foreign.document());
      }
    }
    return batch.build(position);
  }

  /** Items whose last change in this page is that a document is gone, one of several places. */
  private Set<ItemKey> goneFromOneOfMany() {
    Map<ItemKey, Step.Gone> gone = new HashMap<>();
    for (Step step : steps) {
      if (step instanceof Step.Gone last) {
        gone.put(last.key(), last);
      } else if (step instanceof Step.Upsert upsert) {
        gone.remove(upsert.key());
      }
    }
    return gone.values().stream()
        .filter(last -> table.mayBeElsewhere(last.key(), last.collection()))
        .map(Step.Gone::key)
        .collect(Collectors.toSet());
  }
}
