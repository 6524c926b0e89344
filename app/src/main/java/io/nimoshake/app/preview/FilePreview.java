package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.file.FileTarget;
import io.nimoshake.dynamodb.file.FileTargetSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A target that is files. Looks at the directory, and writes nothing. */
final class FilePreview implements TargetPreview {
  private final FileTargetSettings settings;

  FilePreview(FileTargetSettings settings) {
    this.settings = settings;
  }

  @Override
  public String kind() {
    return "files in the layout of an export";
  }

  @Override
  public String database() {
    return settings.directory().toString();
  }

  @Override
  public Optional<Holding> holding(TableSchema table) throws Fault {
    return FileTarget.holding(settings, table.name()).map(found -> new Holding(1, found));
  }

  @Override
  public boolean merges() {
    return false;
  }

  @Override
  public String madeAs() {
    return "as an export in DynamoDB JSON";
  }

  @Override
  public List<Permission> permissions() {
    Path existing = settings.directory();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    boolean writable =
        existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
    return List.of(
        new Permission(
            "target: write files",
            writable ? "allowed" : "denied",
            List.of(),
            writable ? null : settings.directory() + " cannot be written"));
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
