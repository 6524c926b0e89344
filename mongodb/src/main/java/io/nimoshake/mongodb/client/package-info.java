/** Connects to MongoDB, and says what each of its errors means for a sync. */
package io.nimoshake.mongodb.client;
