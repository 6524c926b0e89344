package io.nimoshake.mongodb.source;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.bson.BsonDocument;

/** A reader of the table {@code orders}, whose documents are in one or more collections. */
final class ReadChanges implements AutoCloseable {
  static final String DATABASE = "shop";
  static final TableSchema ORDERS =
      new TableSchema(
          "orders", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  final MongoClient client;
  private final List<String> collections;
  private final boolean generatedIds;
  private final Predicate<Places.Place> others;
  private ChangeStreamReader reader;
  Position position;
  long nanos;

  ReadChanges(String uri, Position from, String... collections) {
    this(uri, from, false, place -> false, collections);
  }

  ReadChanges(
      String uri,
      Position from,
      boolean generatedIds,
      Predicate<Places.Place> others,
      String... collections) {
    this.client = MongoClients.create(uri);
    this.collections = List.of(collections);
    this.generatedIds = generatedIds;
    this.others = others;
    this.position = from;
    restart();
  }

  /** As after a crash: a new reader at the position of the last page. */
  void restart() {
    if (reader != null) {
      reader.close();
    }
    reader =
        new ChangeStreamReader(
            client.getDatabase(DATABASE),
            new CollectionsOfTable(ORDERS, new PlainReverse(collections).of(ORDERS), generatedIds),
            others,
            () -> nanos,
            position);
  }

  ChangeBatch read() throws Fault {
    ChangeBatch page = reader.read();
    position = page.position();
    return page;
  }

  /** Reads until there is nothing more. */
  List<String> all() throws Fault {
    List<String> all = new ArrayList<>();
    for (ChangeBatch page = read(); page.itemsRead() > 0; page = read()) {
      page.changes().forEach(change -> all.add(text(change)));
    }
    return all;
  }

  /** The change as {@code id=document in collection}, or {@code id gone}. */
  static String text(Change change) {
    String id = PlainReverse.raw(change.key().encoded()).getString("id").getValue();
    if (change instanceof Change.Upsert upsert) {
      BsonDocument stored = PlainReverse.raw(upsert.document());
      BsonDocument document = BsonDocument.parse(stored.getDocument("document").toJson());
      document.remove("_id");
      return id + "=" + document.toJson() + " in " + stored.getString("collection").getValue();
    }
    return id + " gone";
  }

  void minutesPass(int minutes) {
    nanos += TimeUnit.MINUTES.toNanos(minutes);
  }

  @Override
  public void close() {
    reader.close();
    client.close();
  }
}
