package io.nimoshake.app.letter;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.mongodb.source.RejectedKeys;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Choices.OnPoison;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The items that were rejected on their way to MongoDB, as the dead letter file tells. MongoDB may
 * never have had a document of them, so that a document is absent does not mean that somebody has
 * deleted it. If the file does not tell which items were rejected, every item may be one. Safe for
 * use by several threads.
 *
 * <p>A line does not prove that there was no document. The item may have had one before: a change
 * of a copied item was rejected. Or it may have one since: the next change was not rejected. No
 * line proves that there was one either, also not that of a change: the item may have been rejected
 * or ignored before, without a line. So an item with such a line is kept, with these words. Only a
 * later line of the way back proves that there was a document.
 */
public final class RejectedItems implements RejectedKeys {
  private final Optional<Path> file;
  private final long accepted;
  private final ConvertOptions convert;

  /** What the file says of each table that was asked for. Guarded by this. */
  private final Map<String, OfTable> tables = new HashMap<>();

  /**
   * @param keys those of the rejected items, as the source has them
   * @param stored the same keys, as the target has them
   * @param unclear why the file does not tell all rejected items of the table; empty if it does
   */
  private record OfTable(Set<ItemKey> keys, Set<ItemKey> stored, Optional<String> unclear) {}

  private RejectedItems(Optional<Path> file, long accepted, ConvertOptions convert) {
    this.file = file;
    this.accepted = accepted;
    this.convert = convert;
  }

  /**
   * Those of a file.
   *
   * @param accepted how many letters the file had at the cut-over; with fewer it does not tell all
   * @param convert how items are converted for the target
   */
  public static RejectedItems of(Path file, long accepted, ConvertOptions convert) {
    return new RejectedItems(Optional.of(file), accepted, convert);
  }

  /** Those that the copies of a sync have rejected. */
  public static RejectedItems ofSync(Configuration configuration, StartUp start)
      throws StartUpException {
    SyncSetup setup = new SyncSetup(configuration);
    Path file = setup.deadLetterFile();
    long accepted =
        start.call(Server.CHECKPOINT, "reading the notes", () -> AcceptedLetters.noted(setup));
    boolean mayBe =
        configuration.get(GeneralKeys.ON_POISON) == OnPoison.DEAD_LETTER
            || accepted > 0
            || Files.exists(file);
    return mayBe ? of(file, accepted, setup.convertOptions()) : none();
  }

  /** No item was rejected, or it does not matter. */
  public static RejectedItems none() {
    return new RejectedItems(Optional.empty(), 0, ConvertOptions.DEFAULT);
  }

  /**
   * Why an item of the source may have been rejected; empty if it certainly was not.
   *
   * @param key as the source has it
   * @throws Fault.Fatal if the file cannot be read
   */
  public Optional<String> reason(TableSchema table, ItemKey key) throws Fault {
    return file.isPresent() && of(table).keys().contains(key)
        ? Optional.of(
            "it was rejected and may never have had a document, see " + file.orElseThrow())
        : doubt(table);
  }

  @Override
  public boolean contains(TableSchema table, ItemKey key) throws Fault {
    return file.isPresent() && of(table).stored().contains(key);
  }

  @Override
  public Optional<String> doubt(TableSchema table) throws Fault {
    return file.isPresent() ? of(table).unclear() : Optional.empty();
  }

  private synchronized OfTable of(TableSchema table) throws Fault {
    OfTable known = tables.get(table.name());
    if (known == null) {
      known = read(table);
      tables.put(table.name(), known);
    }
    return known;
  }

  /** An item whose key cannot be converted is never looked for. */
  private Set<ItemKey> stored(TableSchema table, Set<ItemKey> keys) {
    KeyCodec codec = new KeyCodec(table, convert);
    Set<ItemKey> stored = new HashSet<>();
    keys.forEach(key -> codec.encode(key).ifPresent(stored::add));
    return stored;
  }

  private OfTable read(TableSchema table) throws Fault {
    Path path = file.orElseThrow();
    Set<ItemKey> keys = new HashSet<>();
    Optional<String> unclear = Optional.empty();
    long letters = 0;
    try (BufferedReader lines = DeadLetter.lines(path)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        letters += AcceptedLetters.counts(line) ? 1 : 0;
        Optional<DeadLetter> letter = DeadLetter.parse(line);
        boolean other = letter.filter(of -> !of.table().equals(table.name())).isPresent();
        if (line.isBlank() || other) {
          continue;
        }
        Optional<ItemKey> key = letter.flatMap(of -> of.key(table, convert));
        if (letter.filter(DeadLetter::back).isPresent()) {
          // It had a document then. Without a key it was a document of no item.
          key.ifPresent(keys::remove);
        } else if (key.isPresent()) {
          keys.add(key.get());
        } else {
          unclear = Optional.of("it may have been rejected: a line of " + path + " tells no key");
        }
      }
      if (letters < accepted) {
        unclear =
            Optional.of(
                "it may have been rejected: "
                    + path
                    + " had "
                    + accepted
                    + " dead letters at the cut-over, and has "
                    + letters);
      }
      return new OfTable(keys, stored(table, keys), unclear);
    } catch (NoSuchFileException e) {
      return new OfTable(
          Set.of(),
          Set.of(),
          Optional.of("it may have been rejected: " + path + " does not exist"));
    } catch (IOException e) {
      throw new Fault.Fatal("the dead letters of " + path + " cannot be read: " + e, e);
    }
  }
}
