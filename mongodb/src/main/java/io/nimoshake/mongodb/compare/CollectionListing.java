package io.nimoshake.mongodb.compare;

import com.mongodb.MongoException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Sorts;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.TargetReader.Listing;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.mongodb.client.MongoFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * Lists the documents of a collection in the order of their {@code _id}. If the server loses the
 * cursor or restarts, the next call continues after the last {@code _id}. For use by one thread.
 */
final class CollectionListing implements Listing {
  private static final int BATCH = 5_000;

  private final MongoCollection<RawBsonDocument> collection;
  private final BsonDocument projection;
  private final Function<RawBsonDocument, Stored> documents;
  private Optional<MongoCursor<RawBsonDocument>> cursor = Optional.empty();

  /** The last {@code _id} that the caller has. */
  private Optional<BsonValue> last = Optional.empty();

  CollectionListing(
      MongoCollection<RawBsonDocument> collection,
      BsonDocument projection,
      Function<RawBsonDocument, Stored> documents) {
    this.collection = collection;
    this.projection = projection;
    this.documents = documents;
  }

  @Override
  public List<Stored> next() throws Fault {
    try {
      if (cursor.isEmpty()) {
        cursor = Optional.of(open());
      }
      List<RawBsonDocument> batch = read(cursor.get());
      if (!batch.isEmpty()) {
        last = Optional.of(batch.get(batch.size() - 1).get("_id"));
      }
      return batch.stream().map(documents).toList();
    } catch (MongoException e) {
      close();
      cursor = Optional.empty();
      throw MongoFaults.of(e, "list the documents of " + collection.getNamespace());
    }
  }

  private MongoCursor<RawBsonDocument> open() {
    FindIterable<RawBsonDocument> rest =
        last.map(id -> collection.find(IdOrder.after(id))).orElseGet(collection::find);
    return rest.projection(projection).sort(Sorts.ascending("_id")).batchSize(BATCH).iterator();
  }

  /** Reads what one reply of the server holds; empty at the end only. */
  private static List<RawBsonDocument> read(MongoCursor<RawBsonDocument> cursor) {
    List<RawBsonDocument> batch = new ArrayList<>();
    while (batch.size() < BATCH && cursor.hasNext()) {
      batch.add(cursor.next());
      if (cursor.available() == 0) {
        break;
      }
    }
    return batch;
  }

  @Override
  public void close() {
    cursor.ifPresent(MongoCursor::close);
  }
}
