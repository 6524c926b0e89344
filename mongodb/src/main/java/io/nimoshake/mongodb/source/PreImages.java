package io.nimoshake.mongodb.source;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.LayoutFinder;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.mongodb.write.TableLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.Document;

/**
 * Which tables need pre-images on the way back, and do not have them. Where {@code _id} is
 * generated, a delete tells nothing of its item, unless MongoDB keeps what the document was. It
 * does so only for changes that are made after pre-images were switched on.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/changeStreams/">MongoDB Manual, Change Streams
 *     with Document Pre- and Post-Images</a>
 */
public final class PreImages {
  private final MongoDatabase database;
  private final MongoTargetSettings settings;
  private final Mapping mapping;

  /**
   * @param settings of the way forward, which has written the collections
   */
  PreImages(MongoDatabase database, MongoTargetSettings settings, Mapping mapping) {
    this.database = database;
    this.settings = settings;
    this.mapping = mapping;
  }

  /**
   * Why tables have no way back, a line each for people. Connects for this one look, and changes
   * nothing.
   *
   * @param settings of the way forward, which has written the collections
   */
  public static List<String> problems(
      MongoTargetSettings settings, Mapping mapping, Collection<TableSchema> schemas) throws Fault {
    try (MongoClient client = MongoConnection.open(settings.uri())) {
      return new PreImages(client.getDatabase(settings.database()), settings, mapping)
          .problems(schemas);
    }
  }

  private List<String> problems(Collection<TableSchema> schemas) throws Fault {
    List<String> problems = new ArrayList<>();
    for (TableSchema schema : schemas) {
      try {
        if (hasGeneratedIds(schema) && !areKept(schema.name())) {
          problems.add(
              "table "
                  + schema.name()
                  + ": its documents have a generated _id (target.mongodb.id = objectid), so a"
                  + " delete does not tell which item it was. MongoDB 6.0 or newer tells it with"
                  + " pre-images: run db.runCommand({collMod: \""
                  + schema.name()
                  + "\", changeStreamPreAndPostImages: {enabled: true}}) in database "
                  + database.getName()
                  + (exists(schema.name()) ? "" : " when the copy has made the collection"));
        }
      } catch (MongoException e) {
        throw MongoFaults.of(e, "looking at collection " + schema.name());
      }
    }
    return problems;
  }

  private boolean exists(String collection) {
    return new LayoutFinder(database, settings).exists(collection);
  }

  /** Whether the documents of a table have an {@code _id} that says nothing of their item. */
  boolean hasGeneratedIds(TableSchema schema) {
    return mapping.of(schema).isEmpty() && layoutOf(schema).id() == IdLayout.OBJECTID;
  }

  /** The layout of the collection of the table's name. */
  TableLayout layoutOf(TableSchema schema) {
    return new LayoutFinder(database, settings)
        .layoutOf(schema, database.getCollection(schema.name()));
  }

  private boolean areKept(String collection) {
    for (Document found : database.listCollections().filter(Filters.eq("name", collection))) {
      if (collection.equals(found.getString("name"))) {
        Document options = found.get("options", new Document());
        return options
            .get("changeStreamPreAndPostImages", new Document())
            .getBoolean("enabled", false);
      }
    }
    return false;
  }
}
