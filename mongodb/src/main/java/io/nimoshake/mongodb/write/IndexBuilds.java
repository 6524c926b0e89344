package io.nimoshake.mongodb.write;

import com.mongodb.MongoException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.MongoConnection;
import java.time.Duration;
import java.util.List;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds indexes, however long that takes. A build goes on when the client does not wait any more,
 * and {@code createIndexes} for an index that is being built waits for that build. So a read that
 * takes too long is no failure: the same command is sent again.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/core/index-creation/">MongoDB Manual, Index
 *     Builds</a>
 */
final class IndexBuilds {
  private static final Logger LOG = LoggerFactory.getLogger(IndexBuilds.class);

  /** Then whoever retries is told, so that the waiting is shown and a stop is noticed. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String uri;
  private final MongoDatabase database;
  private final Duration patience;

  IndexBuilds(String uri, MongoDatabase database) {
    this(uri, database, PATIENCE);
  }

  IndexBuilds(String uri, MongoDatabase database, Duration patience) {
    this.uri = uri;
    this.database = database;
    this.patience = patience;
  }

  /**
   * Returns when all of these indexes are complete. Those that are do not cost anything.
   *
   * @throws Fault.Transient if the server is still building them
   */
  void build(MongoCollection<Document> collection, List<IndexSpec> specs) throws Fault {
    if (specs.isEmpty()) {
      return;
    }
    Document command =
        new Document("createIndexes", collection.getNamespace().getCollectionName())
            .append("indexes", specs.stream().map(IndexSpec::document).toList())
            .append("writeConcern", new Document("w", "majority"));
    try {
      database.runCommand(command);
    } catch (MongoSocketReadTimeoutException e) {
      List<String> names = specs.stream().map(IndexSpec::name).toList();
      LOG.info("MongoDB is building indexes of {}: {}", collection.getNamespace(), names);
      await(command, collection, names);
    }
  }

  private void await(Document command, MongoCollection<Document> collection, List<String> names)
      throws Fault {
    try (MongoClient patient = MongoConnection.open(uri, patience)) {
      patient.getDatabase(database.getName()).runCommand(command);
    } catch (MongoSocketReadTimeoutException e) {
      throw new Fault.Transient(
          "waiting for MongoDB, which is still building indexes of "
              + collection.getNamespace()
              + ": "
              + names,
          e);
    }
  }

  /** Whether the server has an index already that it cannot combine with the wanted one. */
  static boolean isConflict(MongoException e) {
    return e.getCode() == 68 || e.getCode() == 85 || e.getCode() == 86;
  }
}
