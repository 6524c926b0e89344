package io.nimoshake.mongodb.source;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Sorts;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.Places;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.compare.IdOrder;
import java.util.Optional;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.BsonMinKey;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * Reads all documents of a table: one collection after the other, in the order of {@code _id}. The
 * position after a page is the last document: <code>{collection: name, _id: value}</code>. A
 * document that moves meanwhile may be missed or read twice. Its change is told by the change
 * stream, which is read afterwards.
 */
final class DocumentsReader implements SplitReader {
  private static final int MOST_DOCUMENTS = 1_000;
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final String COLLECTION = "collection";
  private static final JsonWriterSettings EXTENDED =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  private final Split.Documents split;
  private final MongoDatabase database;
  private final CollectionsOfTable table;
  private final Predicate<Places.Place> isOfAnotherTable;

  /** Which collection is read; as many as there are at the end. */
  private int collection;

  /** The last document of the last page, if it was in this collection. */
  private Optional<BsonValue> last = Optional.empty();

  private Optional<MongoCursor<RawBsonDocument>> cursor = Optional.empty();

  /**
   * @param isOfAnotherTable whether a document of a shared collection belongs to another table
   * @throws Fault.TableFailed if the position is of a collection that is not of the table
   */
  DocumentsReader(
      Split.Documents split,
      MongoDatabase database,
      CollectionsOfTable table,
      Predicate<Places.Place> isOfAnotherTable,
      Position from)
      throws Fault.TableFailed {
    this.split = split;
    this.database = database.withReadConcern(ReadConcern.MAJORITY);
    this.table = table;
    this.isOfAnotherTable = isOfAnotherTable;
    if (from instanceof Position.After after) {
      BsonDocument place = BsonDocument.parse(after.token());
      String name = place.getString(COLLECTION).getValue();
      collection = table.way().collections().indexOf(name);
      last = Optional.of(place.get("_id"));
      if (collection < 0) {
        throw new Fault.TableFailed(
            "table "
                + split.table()
                + ": its documents were read up to collection "
                + name
                + ", which is not one of its collections by the mapping",
            null);
      }
    }
  }

  @Override
  public ChangeBatch read() throws Fault {
    try {
      return readPage();
    } catch (MongoException e) {
      close();
      throw MongoFaults.of(e, "reading the documents of collection " + name());
    }
  }

  private String name() {
    return table.way().collections().get(collection);
  }

  private ChangeBatch readPage() {
    ChangeBatch.Builder page = ChangeBatch.builder(split);
    if (cursor.isEmpty()) {
      cursor = Optional.of(open());
    }
    MongoCursor<RawBsonDocument> documents = cursor.get();
    int bytes = 0;
    Optional<BsonValue> read = last;
    for (int i = 0; i < MOST_DOCUMENTS && bytes < MOST_BYTES && documents.hasNext(); i++) {
      RawBsonDocument document = documents.next();
      bytes += document.getByteBuffer().remaining();
      add(document, page);
      read = Optional.of(document.get("_id"));
    }
    boolean more = documents.hasNext();
    last = more ? read : Optional.empty();
    if (!more) {
      close();
      collection++;
    }
    return page.build(position());
  }

  private Position position() {
    if (collection == table.way().collections().size()) {
      return Position.END;
    }
    BsonDocument place = new BsonDocument(COLLECTION, new BsonString(name()));
    // Before every document: no value sorts below the smallest key.
    place.append("_id", last.orElseGet(BsonMinKey::new));
    return Position.after(place.toJson(EXTENDED));
  }

  private MongoCursor<RawBsonDocument> open() {
    MongoCollection<RawBsonDocument> documents =
        database.getCollection(name(), RawBsonDocument.class);
    FindIterable<RawBsonDocument> rest =
        last.filter(id -> id.getBsonType() != BsonType.MIN_KEY)
            .map(id -> documents.find(IdOrder.after(id)))
            .orElseGet(documents::find);
    return rest.sort(Sorts.ascending("_id")).batchSize(MOST_DOCUMENTS).iterator();
  }

  private void add(RawBsonDocument document, ChangeBatch.Builder page) {
    if (EventPage.isTombstone(document)) {
      return;
    }
    BsonDocument id = new BsonDocument("_id", document.get("_id"));
    Optional<ItemKey> key = table.keyOf(name(), id, Optional.of(document));
    if (key.isPresent()) {
      page.add(new Change.Upsert(key.get(), StoredDocument.in(name(), document)));
    } else if (table.generatedIds()
        || !isOfAnotherTable.test(new Places.Place(name(), StoredDocument.bytes(id)))) {
      String reason = table.generatedIds() ? EventPage.NO_KEY : EventPage.FOREIGN_ID;
      page.reject(EventPage.ofNoItem(table.schema(), name(), document, reason));
    }
  }

  @Override
  public void close() {
    Optional<MongoCursor<RawBsonDocument>> closing = cursor;
    cursor = Optional.empty();
    closing.ifPresent(MongoCursor::close);
  }
}
