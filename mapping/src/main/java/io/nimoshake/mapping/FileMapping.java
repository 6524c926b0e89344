package io.nimoshake.mapping;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mapping.bytes.CompiledTable;
import io.nimoshake.mapping.identity.IdentityCheck;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.yaml.MappingReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A mapping that a file gives ({@code mapping.file}). */
public final class FileMapping implements Mapping {
  private final String file;
  private final MappingRules rules;
  private final FieldNames names;
  private final String digest;

  private FileMapping(String file, MappingRules rules, FieldNames names, String digest) {
    this.file = file;
    this.rules = rules;
    this.names = names;
    this.digest = digest;
  }

  /**
   * Reads a mapping file.
   *
   * @param names how attributes are named in documents
   * @throws MappingException if the file is missing or wrong, with every problem
   */
  public static FileMapping read(Path file, FieldNames names) throws MappingException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new MappingException(List.of(file + ": there is no such file"));
    } catch (IOException e) {
      throw new MappingException(List.of(file + " cannot be read: " + e));
    }
    return new FileMapping(
        file.toString(), MappingReader.read(file.toString(), text), names, sha256(text));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Slice.utf8(text).array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Checks the mapping against the tables that are synced.
   *
   * @throws MappingException if two items could get one document, with an example of two keys
   */
  public void check(Collection<TableSchema> tables) throws MappingException {
    List<String> problems = IdentityCheck.problems(file, rules, tables);
    if (!problems.isEmpty()) {
      throw new MappingException(problems);
    }
  }

  /** The rules, for those who interpret them themselves. */
  public MappingRules rules() {
    return rules;
  }

  @Override
  public Optional<OfTable> of(TableSchema table) {
    return rules.of(table.name()).map(of -> new CompiledTable(of.of(table.name()), table, names));
  }

  @Override
  public String digest() {
    return digest;
  }
}
