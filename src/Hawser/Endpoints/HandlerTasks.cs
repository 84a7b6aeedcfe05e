namespace Hawser;

/// <summary>The tasks that handlers return, as the one kind that endpoints wait for.</summary>
internal static class HandlerTasks
{
    internal static ValueTask<T> Of<T>(Task<T> task) => new(task ?? throw NullTask());

    internal static ValueTask<Empty> Of(Task task)
    {
        if (task is null)
            throw NullTask();
        return task.IsCompletedSuccessfully ? default : Await(new ValueTask(task));
    }

    internal static ValueTask<Empty> Of(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
            return Await(task);
        task.GetAwaiter().GetResult();
        return default;
    }

    private static async ValueTask<Empty> Await(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    private static RpcException NullTask() => new(StatusCode.Internal, "The handler returned null instead of a task.");
}
