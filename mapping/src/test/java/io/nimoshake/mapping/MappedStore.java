package io.nimoshake.mapping;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Collections in memory that do what a mapping says. */
public final class MappedStore implements Mapping.Placements {
  private final Map<String, Map<BsonValue, BsonDocument>> collections = new LinkedHashMap<>();

  private final List<String> rejections = new ArrayList<>();
  private final List<Mapping.Destination> destinations;

  public MappedStore(List<Mapping.Destination> destinations) {
    this.destinations = destinations;
    destinations.forEach(d -> collections.put(d.collection(), new LinkedHashMap<>()));
  }

  /** Documents by collection and id. */
  public Map<String, Map<BsonValue, BsonDocument>> collections() {
    return collections;
  }

  public List<String> rejections() {
    return rejections;
  }

  @Override
  public void upsert(int destination, Slice id, Slice document) {
    BsonDocument stored = MappingFixture.document(document);
    assertTrue(stored.getFirstKey().equals("_id"), stored::toJson);
    assertTrue(stored.get("_id").equals(MappingFixture.document(id).get("_id")));
    of(destination).put(stored.get("_id"), stored);
  }

  @Override
  public void delete(int destination, Slice id) {
    of(destination).remove(MappingFixture.document(id).get("_id"));
  }

  @Override
  public void reject(String reason) {
    rejections.add(reason);
  }

  private Map<BsonValue, BsonDocument> of(int destination) {
    return collections.get(destinations.get(destination).collection());
  }
}
