<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About cnngui</source>
        <translation>关于 cnngui</translation>
    </message>
    <message>
        <source>Qt and PySide6 are used under the GNU Lesser General Public License, version 3: they are libraries of their own, which may be replaced by changed ones. Their sources are at &lt;a href=&quot;https://code.qt.io&quot;&gt;code.qt.io&lt;/a&gt;. The icons are those of Material Design Icons, Apache-2.0. OpenCV brings FFmpeg, LGPL-2.1.</source>
        <translation>Qt 和 PySide6 依照 GNU 宽通用公共许可证（LGPL）第 3 版使用：它们是独立的库，可以用修改过的版本替换。源代码在 &lt;a href=&quot;https://code.qt.io&quot;&gt;code.qt.io&lt;/a&gt;。图标来自 Material Design Icons，Apache-2.0。OpenCV 带有 FFmpeg，LGPL-2.1。</translation>
    </message>
    <message>
        <source>&lt;b&gt;cnngui {0}&lt;/b&gt;&lt;br&gt;See a convolutional neural network at work.&lt;br&gt;MIT licence, © 2026 The cnngui founders</source>
        <translation>&lt;b&gt;cnngui {0}&lt;/b&gt;&lt;br&gt;观察卷积神经网络的工作。&lt;br&gt;MIT 许可证，© 2026 The cnngui founders</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Watch</source>
        <translation>观看</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>定格</translation>
    </message>
    <message>
        <source>Pause or play the source</source>
        <translation>暂停或播放视频源</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>Watch the picture in the clipboard</source>
        <translation>观看剪贴板中的图片</translation>
    </message>
    <message>
        <source>Look around</source>
        <translation>浏览</translation>
    </message>
    <message>
        <source>Channel to the left</source>
        <translation>左边的通道</translation>
    </message>
    <message>
        <source>Channel to the right</source>
        <translation>右边的通道</translation>
    </message>
    <message>
        <source>Channel above</source>
        <translation>上面的通道</translation>
    </message>
    <message>
        <source>Channel below</source>
        <translation>下面的通道</translation>
    </message>
    <message>
        <source>All maps of the layer</source>
        <translation>这一层的全部特征图</translation>
    </message>
    <message>
        <source>How one number comes about</source>
        <translation>一个数是怎样得来的</translation>
    </message>
    <message>
        <source>The whole network</source>
        <translation>整个网络</translation>
    </message>
    <message>
        <source>Shift the picture</source>
        <translation>平移画面</translation>
    </message>
    <message>
        <source>Layer before</source>
        <translation>上一层</translation>
    </message>
    <message>
        <source>Next layer</source>
        <translation>下一层</translation>
    </message>
    <message>
        <source>Moment before</source>
        <translation>前一时刻</translation>
    </message>
    <message>
        <source>Next moment</source>
        <translation>后一时刻</translation>
    </message>
    <message>
        <source>Find layers</source>
        <translation>查找层</translation>
    </message>
    <message>
        <source>Page before</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Sort the channels again</source>
        <translation>重新排序通道</translation>
    </message>
    <message>
        <source>Magnify the wall</source>
        <translation>放大特征图墙</translation>
    </message>
    <message>
        <source>Shrink the wall</source>
        <translation>缩小特征图墙</translation>
    </message>
    <message>
        <source>Fit the wall</source>
        <translation>特征图墙适应窗口</translation>
    </message>
    <message>
        <source>Large name of what is seen</source>
        <translation>大字显示所见的类别</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>教网络</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Copy the wall</source>
        <translation>复制特征图墙</translation>
    </message>
    <message>
        <source>Copy the channel</source>
        <translation>复制当前通道</translation>
    </message>
    <message>
        <source>Folder for saving…</source>
        <translation>保存位置…</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>New network</source>
        <translation>新建网络</translation>
    </message>
    <message>
        <source>Save network</source>
        <translation>保存网络</translation>
    </message>
    <message>
        <source>Save network as…</source>
        <translation>网络另存为…</translation>
    </message>
    <message>
        <source>Add a layer…</source>
        <translation>添加层…</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>About cnngui</source>
        <translation>关于 cnngui</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>AddMenu</name>
    <message>
        <source>Layers that span time</source>
        <translation>跨越时间的层</translation>
    </message>
    <message>
        <source>Other convolutions</source>
        <translation>其他卷积</translation>
    </message>
    <message>
        <source>Other poolings</source>
        <translation>其他池化</translation>
    </message>
    <message>
        <source>Other activations</source>
        <translation>其他激活函数</translation>
    </message>
    <message>
        <source>Other normalisations, dropout</source>
        <translation>其他归一化与 Dropout</translation>
    </message>
    <message>
        <source>Other shapes and sizes</source>
        <translation>其他形状与尺寸</translation>
    </message>
    <message>
        <source>Other dense layers</source>
        <translation>其他全连接层</translation>
    </message>
    <message>
        <source>Other joins</source>
        <translation>其他合并</translation>
    </message>
</context>
<context>
    <name>Augmentation</name>
    <message>
        <source>Shift</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Moved to any side by up to this share of the picture</source>
        <translation>向任意方向移动，最多移动画面的这个比例</translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Turned to either side by up to this angle</source>
        <translation>向左或向右旋转，最多这个角度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Made larger or smaller by up to this share</source>
        <translation>放大或缩小，最多这个比例</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Made lighter or darker by up to this share of white</source>
        <translation>变亮或变暗，最多为白色的这个比例</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>Every value disturbed; the standard deviation</source>
        <translation>给每个值加上随机扰动；这里是标准差</translation>
    </message>
    <message>
        <source>Cut-out</source>
        <translation>遮挡</translation>
    </message>
    <message>
        <source>A grey square put anywhere, up to this share of a side</source>
        <translation>在任意位置放一个灰色方块，边长最多为画面边长的这个比例</translation>
    </message>
    <message>
        <source>flip</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>Flip left and right in half of the cases</source>
        <translation>一半的样本左右翻转</translation>
    </message>
    <message>
        <source>Not for what has a left and a right, such as letters; in a clip what moves left then moves right</source>
        <translation>不适用于分左右的内容，例如字母；短片翻转后，向左的运动会变成向右</translation>
    </message>
</context>
<context>
    <name>AugmentationPanel</name>
    <message>
        <source>Again</source>
        <translation>再来一次</translation>
    </message>
    <message>
        <source>Another sample, changed by other chances</source>
        <translation>换一个样本，重新随机变化</translation>
    </message>
    <message>
        <source>No changes</source>
        <translation>不变化</translation>
    </message>
    <message>
        <source>Choose samples first: then one of them is shown here, changed.</source>
        <translation>请先选择样本：这里会显示其中一个变化后的样子。</translation>
    </message>
    <message>
        <source>Nothing is changed: training shows every sample as it is.</source>
        <translation>没有变化：训练时按原样使用每个样本。</translation>
    </message>
    <message>
        <source>One sample, as training may show it, eight times:</source>
        <translation>同一个样本在训练中可能出现的八种样子：</translation>
    </message>
</context>
<context>
    <name>BlockRow</name>
    <message>
        <source>folded</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已展开</translation>
    </message>
    <message>
        <source>Click to open</source>
        <translation>点击展开</translation>
    </message>
    <message>
        <source>Click to fold</source>
        <translation>点击折叠</translation>
    </message>
    <message>
        <source>{count} layers</source>
        <translation>{count} 个层</translation>
    </message>
</context>
<context>
    <name>CarriedWeights</name>
    <message>
        <source>and {count} more layers</source>
        <translation>以及另外 {count} 个层</translation>
    </message>
    <message>
        <source>{layer}: drawn anew, nothing fits any more</source>
        <translation>{layer}：已重新初始化，原来的都不再适用</translation>
    </message>
    <message>
        <source>{layer}: {kept} kept, {drawn} drawn</source>
        <translation>{layer}：保留 {kept} 个，初始化 {drawn} 个</translation>
    </message>
    <message>
        <source>{layer}: {kept} kept, as far as they still fit</source>
        <translation>{layer}：保留了仍然适用的 {kept} 个</translation>
    </message>
</context>
<context>
    <name>CellEditing</name>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
</context>
<context>
    <name>ChangeTable</name>
    <message>
        <source>changed</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>after moving along</source>
        <translation>跟随移动后</translation>
    </message>
</context>
<context>
    <name>ChannelNames</name>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
</context>
<context>
    <name>ChannelPicture</name>
    <message>
        <source>The chosen channel</source>
        <translation>选中的通道</translation>
    </message>
    <message>
        <source>Click a number to see how it comes about</source>
        <translation>点击一个数，看它是怎样得来的</translation>
    </message>
    <message>
        <source>row {row}, column {column}   value {value}</source>
        <translation>第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
    <message>
        <source>{moment}, row {row}, column {column}   value {value}</source>
        <translation>{moment}，第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
</context>
<context>
    <name>ClassAccuracies</name>
    <message>
        <source>Accuracy of each class</source>
        <translation>各类别的准确率</translation>
    </message>
    <message>
        <source>Arrows choose a class, whose mistakes are shown</source>
        <translation>用方向键选择类别，查看它的错误</translation>
    </message>
</context>
<context>
    <name>ClassBars</name>
    <message>
        <source>Strongest classes</source>
        <translation>得分最高的类别</translation>
    </message>
    <message>
        <source>Not trained yet: its weights were drawn at random.</source>
        <translation>还没有训练：权重是随机初始化的。</translation>
    </message>
</context>
<context>
    <name>ClassCard</name>
    <message>
        <source>Class {0}, {1} samples</source>
        <translation>类别 {0}，{1} 个样本</translation>
    </message>
    <message>
        <source>Record {0}</source>
        <translation>采集 {0}</translation>
    </message>
    <message>
        <source>Click Record</source>
        <translation>点击“采集”</translation>
    </message>
    <message>
        <source>Hold to record</source>
        <translation>按住采集</translation>
    </message>
    <message>
        <source>Hold Record</source>
        <translation>按住“采集”按钮</translation>
    </message>
    <message>
        <source>{0}, or press {1}</source>
        <translation>{0}，或按 {1} 键</translation>
    </message>
    <message>
        <source>Another colour</source>
        <translation>换一种颜色</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Name of the class</source>
        <translation>类别名称</translation>
    </message>
    <message>
        <source>Click to change the name</source>
        <translation>点击可修改名称</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>Select all samples</source>
        <translation>选择全部样本</translation>
    </message>
    <message>
        <source>Remove class</source>
        <translation>删除类别</translation>
    </message>
</context>
<context>
    <name>Clips</name>
    <message>
        <source>clip</source>
        <translation>短片</translation>
    </message>
    <message>
        <source>{0} frames</source>
        <translation>{0} 帧</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>Clips of {0} s</source>
        <translation>每段短片 {0} 秒</translation>
    </message>
    <message>
        <source>Clips of {0} frames</source>
        <translation>每段短片 {0} 帧</translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Arrows choose a cell, whose samples are shown</source>
        <translation>用方向键选择格子，查看其中的样本</translation>
    </message>
    <message>
        <source>taken for →</source>
        <translation>识别为 →</translation>
    </message>
    <message>
        <source>is ↓</source>
        <translation>实际 ↓</translation>
    </message>
</context>
<context>
    <name>CurveView</name>
    <message>
        <source>Curve of the function</source>
        <translation>函数曲线</translation>
    </message>
</context>
<context>
    <name>CurvesView</name>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Loss: how wrong the answers are; it should fall.
Accuracy: what share of the answers is right; it should rise.
Blue is training, faint for each batch; orange is validation.
Dashed, upright: the learning rate became another one.
Where training goes on getting better and validation worse, the network learns its samples by heart.</source>
        <translation>损失：回答错得有多严重；应当下降。
准确率：回答正确的比例；应当上升。
蓝色是训练，每一批用淡色；橙色是验证。
竖直虚线：学习率在此改变。
如果训练越来越好而验证变差，说明网络在死记硬背样本。</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
</context>
<context>
    <name>DeleteRunCommand</name>
    <message>
        <source>Delete a run</source>
        <translation>删除训练记录</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>FileChoice</name>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>The frames that the network sees</source>
        <translation>网络看到的各帧</translation>
    </message>
    <message>
        <source>{have} of {need}</source>
        <translation>{have} / {need}</translation>
    </message>
    <message>
        <source>{time}, the newest frame</source>
        <translation>{time}，最新一帧</translation>
    </message>
    <message>
        <source>frame {time}</source>
        <translation>帧 {time}</translation>
    </message>
</context>
<context>
    <name>FromBelow</name>
    <message>
        <source>Built-in clip</source>
        <translation>内置短片</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>图形</translation>
    </message>
    <message>
        <source>Shapes on paper</source>
        <translation>纸上的图形</translation>
    </message>
    <message>
        <source>A waving hand</source>
        <translation>挥动的手</translation>
    </message>
    <message>
        <source>Digits</source>
        <translation>绘制的数字</translation>
    </message>
    <message>
        <source>Motions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Classic filters</source>
        <translation>经典滤波器（Classic filters）</translation>
    </message>
    <message>
        <source>LeNet-5</source>
        <translation>LeNet-5</translation>
    </message>
    <message>
        <source>Tiny VGG</source>
        <translation>小型 VGG（Tiny VGG）</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>残差网络（Residual）</translation>
    </message>
    <message>
        <source>Kernels with a meaning, drawn by hand: edges, blur, stripes, colours, corners</source>
        <translation>手工设计、含义明确的卷积核：边缘、模糊、条纹、颜色、角点</translation>
    </message>
    <message>
        <source>LeCun&apos;s reader of handwritten digits, 1998: two convolutions, average pooling, tanh</source>
        <translation>LeCun 1998 年的手写数字识别网络：两层卷积、平均池化、tanh</translation>
    </message>
    <message>
        <source>A small network that has learned to tell six drawn shapes apart</source>
        <translation>一个学会了区分六种绘制图形的小网络</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>Kernels that span time, drawn by hand: what moves left, right, up, down, slowly, fast</source>
        <translation>跨越时间的卷积核，手工绘制：向左、右、上、下移动，慢或快</translation>
    </message>
    <message>
        <source>A small network that has learned to tell nine motions of a hand apart</source>
        <translation>学会区分手的九种动作的小网络</translation>
    </message>
    <message>
        <source>Four small convolutions that tell ten kinds of things apart</source>
        <translation>四个小卷积层，区分十类事物</translation>
    </message>
    <message>
        <source>Blocks that add their input to their output, so that deep networks can learn</source>
        <translation>把输入加到输出上的残差块，使很深的网络也能学习</translation>
    </message>
    <message>
        <source>Squeeze and excitation</source>
        <translation>挤压与激励</translation>
    </message>
    <message>
        <source>Blocks that look at their maps as wholes, and then weigh each map by a number</source>
        <translation>先整体观察各张特征图、再给每张图乘上一个权重的模块</translation>
    </message>
    <message>
        <source>U-Net</source>
        <translation>U-Net</translation>
    </message>
    <message>
        <source>Down to small maps and up again, with all details handed across: for one answer per pixel</source>
        <translation>先缩小到小的特征图、再放大回来，并把细节直接传过去：每个像素一个答案</translation>
    </message>
    <message>
        <source>Blurred pooling</source>
        <translation>先模糊再池化</translation>
    </message>
    <message>
        <source>Max pooling beside one that blurs first: shift the picture to see which is more stable</source>
        <translation>普通最大池化与先模糊的池化并列：平移画面，看哪个更稳定</translation>
    </message>
    <message>
        <source>blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>sharpen</source>
        <translation>锐化</translation>
    </message>
    <message>
        <source>emboss</source>
        <translation>浮雕</translation>
    </message>
    <message>
        <source>Sobel x</source>
        <translation>Sobel x</translation>
    </message>
    <message>
        <source>Sobel y</source>
        <translation>Sobel y</translation>
    </message>
    <message>
        <source>Laplacian</source>
        <translation>拉普拉斯</translation>
    </message>
    <message>
        <source>fine stripes 0</source>
        <translation>细条纹 0°</translation>
    </message>
    <message>
        <source>fine stripes 45</source>
        <translation>细条纹 45°</translation>
    </message>
    <message>
        <source>fine stripes 90</source>
        <translation>细条纹 90°</translation>
    </message>
    <message>
        <source>fine stripes 135</source>
        <translation>细条纹 135°</translation>
    </message>
    <message>
        <source>wide stripes 0</source>
        <translation>宽条纹 0°</translation>
    </message>
    <message>
        <source>wide stripes 45</source>
        <translation>宽条纹 45°</translation>
    </message>
    <message>
        <source>wide stripes 90</source>
        <translation>宽条纹 90°</translation>
    </message>
    <message>
        <source>wide stripes 135</source>
        <translation>宽条纹 135°</translation>
    </message>
    <message>
        <source>red, not green</source>
        <translation>红而非绿</translation>
    </message>
    <message>
        <source>blue, not yellow</source>
        <translation>蓝而非黄</translation>
    </message>
    <message>
        <source>corner</source>
        <translation>角点</translation>
    </message>
    <message>
        <source>crossing +</source>
        <translation>十字交叉</translation>
    </message>
    <message>
        <source>crossing x</source>
        <translation>斜交叉</translation>
    </message>
    <message>
        <source>any edge</source>
        <translation>任意边缘</translation>
    </message>
    <message>
        <source>any line</source>
        <translation>任意线条</translation>
    </message>
    <message>
        <source>fine texture</source>
        <translation>细纹理</translation>
    </message>
    <message>
        <source>only upright</source>
        <translation>只有竖直</translation>
    </message>
    <message>
        <source>only rising</source>
        <translation>只有上升</translation>
    </message>
    <message>
        <source>only level</source>
        <translation>只有水平</translation>
    </message>
    <message>
        <source>only falling</source>
        <translation>只有下降</translation>
    </message>
    <message>
        <source>line ends below</source>
        <translation>线的下端</translation>
    </message>
    <message>
        <source>line ends right</source>
        <translation>线的右端</translation>
    </message>
    <message>
        <source>dot</source>
        <translation>圆点</translation>
    </message>
    <message>
        <source>bright and smooth</source>
        <translation>明亮平滑</translation>
    </message>
    <message>
        <source>dark and smooth</source>
        <translation>暗而平滑</translation>
    </message>
    <message>
        <source>colourful</source>
        <translation>鲜艳</translation>
    </message>
    <message>
        <source>blurred</source>
        <translation>模糊后</translation>
    </message>
    <message>
        <source>frame difference</source>
        <translation>帧间差</translation>
    </message>
    <message>
        <source>darker than before</source>
        <translation>比之前暗</translation>
    </message>
    <message>
        <source>grows brighter</source>
        <translation>逐渐变亮</translation>
    </message>
    <message>
        <source>grows darker</source>
        <translation>逐渐变暗</translation>
    </message>
    <message>
        <source>flicker, dark first</source>
        <translation>闪烁，先暗</translation>
    </message>
    <message>
        <source>flicker, bright first</source>
        <translation>闪烁，先亮</translation>
    </message>
    <message>
        <source>bright edge left, slow</source>
        <translation>亮边缘向左，慢</translation>
    </message>
    <message>
        <source>dark edge left, slow</source>
        <translation>暗边缘向左，慢</translation>
    </message>
    <message>
        <source>bright edge right, slow</source>
        <translation>亮边缘向右，慢</translation>
    </message>
    <message>
        <source>dark edge right, slow</source>
        <translation>暗边缘向右，慢</translation>
    </message>
    <message>
        <source>bright edge up, slow</source>
        <translation>亮边缘向上，慢</translation>
    </message>
    <message>
        <source>dark edge up, slow</source>
        <translation>暗边缘向上，慢</translation>
    </message>
    <message>
        <source>bright edge down, slow</source>
        <translation>亮边缘向下，慢</translation>
    </message>
    <message>
        <source>dark edge down, slow</source>
        <translation>暗边缘向下，慢</translation>
    </message>
    <message>
        <source>bright edge left, fast</source>
        <translation>亮边缘向左，快</translation>
    </message>
    <message>
        <source>dark edge left, fast</source>
        <translation>暗边缘向左，快</translation>
    </message>
    <message>
        <source>bright edge right, fast</source>
        <translation>亮边缘向右，快</translation>
    </message>
    <message>
        <source>dark edge right, fast</source>
        <translation>暗边缘向右，快</translation>
    </message>
    <message>
        <source>bright edge up, fast</source>
        <translation>亮边缘向上，快</translation>
    </message>
    <message>
        <source>dark edge up, fast</source>
        <translation>暗边缘向上，快</translation>
    </message>
    <message>
        <source>bright edge down, fast</source>
        <translation>亮边缘向下，快</translation>
    </message>
    <message>
        <source>dark edge down, fast</source>
        <translation>暗边缘向下，快</translation>
    </message>
    <message>
        <source>anything moves</source>
        <translation>有运动</translation>
    </message>
    <message>
        <source>moves left</source>
        <translation>向左移动</translation>
    </message>
    <message>
        <source>moves right</source>
        <translation>向右移动</translation>
    </message>
    <message>
        <source>moves up</source>
        <translation>向上移动</translation>
    </message>
    <message>
        <source>moves down</source>
        <translation>向下移动</translation>
    </message>
    <message>
        <source>flickers</source>
        <translation>闪烁</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>慢</translation>
    </message>
    <message>
        <source>fast</source>
        <translation>快</translation>
    </message>
    <message>
        <source>circle</source>
        <translation>圆形</translation>
    </message>
    <message>
        <source>square</source>
        <translation>正方形</translation>
    </message>
    <message>
        <source>triangle</source>
        <translation>三角形</translation>
    </message>
    <message>
        <source>star</source>
        <translation>星形</translation>
    </message>
    <message>
        <source>cross</source>
        <translation>十字</translation>
    </message>
    <message>
        <source>heart</source>
        <translation>心形</translation>
    </message>
    <message>
        <source>left</source>
        <translation>向左</translation>
    </message>
    <message>
        <source>right</source>
        <translation>向右</translation>
    </message>
    <message>
        <source>up</source>
        <translation>向上</translation>
    </message>
    <message>
        <source>down</source>
        <translation>向下</translation>
    </message>
    <message>
        <source>clockwise</source>
        <translation>顺时针</translation>
    </message>
    <message>
        <source>anticlockwise</source>
        <translation>逆时针</translation>
    </message>
    <message>
        <source>grow</source>
        <translation>变大</translation>
    </message>
    <message>
        <source>shrink</source>
        <translation>变小</translation>
    </message>
    <message>
        <source>still</source>
        <translation>静止</translation>
    </message>
    <message>
        <source>lifeboat</source>
        <translation>救生艇</translation>
    </message>
    <message>
        <source>ladybug</source>
        <translation>瓢虫</translation>
    </message>
    <message>
        <source>pizza</source>
        <translation>披萨</translation>
    </message>
    <message>
        <source>bell pepper</source>
        <translation>甜椒</translation>
    </message>
    <message>
        <source>school bus</source>
        <translation>校车</translation>
    </message>
    <message>
        <source>koala</source>
        <translation>考拉</translation>
    </message>
    <message>
        <source>espresso</source>
        <translation>浓缩咖啡</translation>
    </message>
    <message>
        <source>red panda</source>
        <translation>小熊猫</translation>
    </message>
    <message>
        <source>orange</source>
        <translation>橙子</translation>
    </message>
    <message>
        <source>sport car</source>
        <translation>跑车</translation>
    </message>
</context>
<context>
    <name>GraphCanvas</name>
    <message>
        <source>The whole network</source>
        <translation>整个网络</translation>
    </message>
    <message>
        <source>Left and right choose a layer, up and down a channel, Enter opens its maps</source>
        <translation>左右键选择层，上下键选择通道，回车键打开它的特征图</translation>
    </message>
    <message>
        <source>Open the block</source>
        <translation>展开这个块</translation>
    </message>
    <message>
        <source>Fold the block</source>
        <translation>折叠这个块</translation>
    </message>
    <message>
        <source>Fold all blocks</source>
        <translation>折叠所有块</translation>
    </message>
    <message>
        <source>Open all blocks</source>
        <translation>展开所有块</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>hidden layers</source>
        <translation>隐藏层</translation>
    </message>
    <message>
        <source>output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>{title} … ×{count}</source>
        <translation>{title} … ×{count}</translation>
    </message>
    <message>
        <source>{count} layers</source>
        <translation>{count} 个层</translation>
    </message>
</context>
<context>
    <name>Hands</name>
    <message>
        <source>Weights of {layer} as they were</source>
        <translation>{layer} 的权重恢复原样</translation>
    </message>
    <message>
        <source>Name a channel of {layer}</source>
        <translation>命名 {layer} 的一个通道</translation>
    </message>
</context>
<context>
    <name>HealthView</name>
    <message>
        <source>How each layer learns</source>
        <translation>各层的学习情况</translation>
    </message>
</context>
<context>
    <name>HistogramView</name>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>How many values of the map are how large.
Heights are square roots of counts.</source>
        <translation>特征图中各种大小的值各有多少。
高度是个数的平方根。</translation>
    </message>
    <message>
        <source>{0} left out: NaN or ∞</source>
        <translation>未计入 {0} 个：NaN 或 ∞</translation>
    </message>
</context>
<context>
    <name>InputForm</name>
    <message>
        <source>channels</source>
        <translation>通道数</translation>
    </message>
    <message>
        <source>3 (RGB)</source>
        <translation>3（RGB）</translation>
    </message>
    <message>
        <source>1 (grey)</source>
        <translation>1（灰度）</translation>
    </message>
    <message>
        <source>height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>every n-th</source>
        <translation>每隔几帧</translation>
    </message>
    <message>
        <source>frames a second</source>
        <translation>每秒帧数</translation>
    </message>
    <message>
        <source>fit</source>
        <translation>适配方式</translation>
    </message>
    <message>
        <source>stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>centre crop</source>
        <translation>居中裁剪</translation>
    </message>
    <message>
        <source>letterbox</source>
        <translation>等比留边</translation>
    </message>
    <message>
        <source>normalise</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>0 and 1: as it is</source>
        <translation>0 和 1：保持原样</translation>
    </message>
    <message>
        <source>0.5 and 0.5: −1 to 1</source>
        <translation>0.5 和 0.5：−1 到 1</translation>
    </message>
    <message>
        <source>ImageNet</source>
        <translation>ImageNet</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>cat, dog, …</source>
        <translation>猫, 狗, …</translation>
    </message>
    <message>
        <source>as they come</source>
        <translation>逐帧照收</translation>
    </message>
</context>
<context>
    <name>InputRow</name>
    <message>
        <source>RGB</source>
        <translation>RGB</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>stretched</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>centre crop</source>
        <translation>居中裁剪</translation>
    </message>
    <message>
        <source>letterbox</source>
        <translation>等比留边</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入（input）</translation>
    </message>
</context>
<context>
    <name>InputView</name>
    <message>
        <source>No picture yet: choose a source.</source>
        <translation>还没有画面：请选择视频源。</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示的内容</translation>
    </message>
    <message>
        <source>Show the source</source>
        <translation>显示视频源</translation>
    </message>
    <message>
        <source>Show the source&apos;s whole picture instead of what the network sees of it</source>
        <translation>显示视频源的完整画面，而不是网络看到的部分</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Source {width}×{height}</source>
        <translation>视频源 {width}×{height}</translation>
    </message>
    <message>
        <source>Input {width}×{height} {colors}</source>
        <translation>输入 {width}×{height} {colors}</translation>
    </message>
    <message>
        <source>Input {width}×{height} {colors}, {frames} frames</source>
        <translation>输入 {width}×{height} {colors}，{frames} 帧</translation>
    </message>
    <message>
        <source>RGB</source>
        <translation>RGB</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Click a map to study it here.</source>
        <translation>点击一张特征图，在这里细看。</translation>
    </message>
    <message>
        <source>The chosen channel in detail</source>
        <translation>所选通道的详情</translation>
    </message>
</context>
<context>
    <name>KernelMenu</name>
    <message>
        <source>For all inputs</source>
        <translation>用于所有输入通道</translation>
    </message>
    <message>
        <source>For all moments</source>
        <translation>用于所有时刻</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>恢复原样</translation>
    </message>
    <message>
        <source>The layer&apos;s weights before hands touched them</source>
        <translation>手动修改之前这一层的权重</translation>
    </message>
    <message>
        <source>Gabor</source>
        <translation>Gabor</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>Wavelength</source>
        <translation>波长</translation>
    </message>
    <message>
        <source>Make it</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>恒等</translation>
    </message>
    <message>
        <source>Box blur</source>
        <translation>方框模糊</translation>
    </message>
    <message>
        <source>Gaussian blur</source>
        <translation>高斯模糊</translation>
    </message>
    <message>
        <source>Sharpen</source>
        <translation>锐化</translation>
    </message>
    <message>
        <source>Sobel x</source>
        <translation>Sobel x</translation>
    </message>
    <message>
        <source>Sobel y</source>
        <translation>Sobel y</translation>
    </message>
    <message>
        <source>Laplacian</source>
        <translation>拉普拉斯</translation>
    </message>
    <message>
        <source>Emboss</source>
        <translation>浮雕</translation>
    </message>
    <message>
        <source>Zero</source>
        <translation>全零</translation>
    </message>
    <message>
        <source>Negate</source>
        <translation>取反</translation>
    </message>
    <message>
        <source>Rotate by 90°</source>
        <translation>旋转 90°</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Make it sum to 1</source>
        <translation>使总和为 1</translation>
    </message>
    <message>
        <source>Make it sum to 0</source>
        <translation>使总和为 0</translation>
    </message>
</context>
<context>
    <name>KernelNumbers</name>
    <message>
        <source>Kernel as numbers</source>
        <translation>卷积核的数值</translation>
    </message>
    <message>
        <source>Click a weight to type, or drag it up and down</source>
        <translation>点击权重可输入数值，或上下拖动</translation>
    </message>
</context>
<context>
    <name>KernelPictures</name>
    <message>
        <source>Kernel, one picture per input channel</source>
        <translation>卷积核，每个输入通道一张图</translation>
    </message>
    <message>
        <source>input {name}</source>
        <translation>输入 {name}</translation>
    </message>
    <message>
        <source>input {name}, {moment}</source>
        <translation>输入 {name}，{moment}</translation>
    </message>
</context>
<context>
    <name>KernelView</name>
    <message>
        <source>Weights for channel {name} of {source}</source>
        <translation>对应 {source} 的通道 {name} 的权重</translation>
    </message>
</context>
<context>
    <name>KernelsCanvas</name>
    <message>
        <source>Kernels</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>Arrows choose a kernel, Page Up and Down scroll</source>
        <translation>用方向键选择卷积核，Page Up 和 Page Down 滚动</translation>
    </message>
    <message>
        <source>kernel {0}</source>
        <translation>卷积核 {0}</translation>
    </message>
</context>
<context>
    <name>KernelsHistory</name>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Play the training from its start</source>
        <translation>从头播放训练过程</translation>
    </message>
    <message>
        <source>Moment of the training</source>
        <translation>训练的时刻</translation>
    </message>
    <message>
        <source>before training</source>
        <translation>训练前</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>轮次 {0}</translation>
    </message>
</context>
<context>
    <name>KernelsPage</name>
    <message>
        <source>Convolution</source>
        <translation>卷积层</translation>
    </message>
    <message>
        <source>The convolution whose kernels are shown</source>
        <translation>显示哪个卷积层的卷积核</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Whose weights are shown: the network that runs, or a run&apos;s</source>
        <translation>显示谁的权重：正在运行的网络，或某次训练</translation>
    </message>
    <message>
        <source>Running network</source>
        <translation>正在运行的网络</translation>
    </message>
    <message>
        <source>Compare to before training</source>
        <translation>与训练前比较</translation>
    </message>
    <message>
        <source>This network has no convolution, and so no kernels.
Add a convolution to see some.</source>
        <translation>这个网络没有卷积层，因此没有卷积核。
添加一个卷积层即可看到。</translation>
    </message>
    <message>
        <source>No kernels yet.
They are seen as soon as a source is open and the network runs.</source>
        <translation>还没有卷积核。
打开视频源、网络开始运行后就能看到。</translation>
    </message>
    <message>
        <source>changed by {0} since the first weights</source>
        <translation>与最初的权重相比变化了 {0}</translation>
    </message>
    <message>
        <source>Before training</source>
        <translation>训练前</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>{count} kernels {size}</source>
        <translation>{count} 个卷积核 {size}</translation>
    </message>
    <message>
        <source>the first {shown} of {count} inputs</source>
        <translation>{count} 个输入通道中的前 {shown} 个</translation>
    </message>
    <message>
        <source>moments {first} to {last} from left to right</source>
        <translation>从左到右为时刻 {first} 到 {last}</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Epoch {0}</source>
        <translation>轮次 {0}</translation>
    </message>
    <message>
        <source>row {row}, column {column}</source>
        <translation>第 {row} 行，第 {column} 列</translation>
    </message>
    <message>
        <source>kernel {0} as a picture</source>
        <translation>卷积核 {0}（彩色图）</translation>
    </message>
    <message>
        <source>kernel {0}, input {1}</source>
        <translation>卷积核 {0}，输入 {1}</translation>
    </message>
    <message>
        <source>weight {0}</source>
        <translation>权重 {0}</translation>
    </message>
    <message>
        <source>before {0}   then {1}   change {2}</source>
        <translation>训练前 {0}   此时 {1}   变化 {2}</translation>
    </message>
</context>
<context>
    <name>LargeView</name>
    <message>
        <source>Maps</source>
        <translation>特征图</translation>
    </message>
    <message>
        <source>All feature maps of the layer (M)</source>
        <translation>这一层的全部特征图 (M)</translation>
    </message>
    <message>
        <source>One number</source>
        <translation>一个数</translation>
    </message>
    <message>
        <source>How one number of the map comes about (N)</source>
        <translation>特征图中的一个数是怎样得来的 (N)</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>All layers, and how they are joined (W)</source>
        <translation>所有层以及它们怎样连接 (W)</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Nudge the picture, and see what changes (H)</source>
        <translation>轻轻平移画面，看什么会变 (H)</translation>
    </message>
</context>
<context>
    <name>LayerActions</name>
    <message>
        <source>Duplicate layer</source>
        <translation>复制层</translation>
    </message>
    <message>
        <source>Remove layer</source>
        <translation>删除层</translation>
    </message>
    <message>
        <source>Move layer up</source>
        <translation>上移层</translation>
    </message>
    <message>
        <source>Move layer down</source>
        <translation>下移层</translation>
    </message>
    <message>
        <source>Bypass layer</source>
        <translation>旁路层</translation>
    </message>
    <message>
        <source>Draw new weights</source>
        <translation>重新初始化权重</translation>
    </message>
    <message>
        <source>Add {layer}</source>
        <translation>添加 {layer}</translation>
    </message>
    <message>
        <source>Move {layer}</source>
        <translation>移动 {layer}</translation>
    </message>
    <message>
        <source>Bypass {layer}</source>
        <translation>旁路 {layer}</translation>
    </message>
    <message>
        <source>Enable {layer}</source>
        <translation>启用 {layer}</translation>
    </message>
    <message>
        <source>Draw all weights</source>
        <translation>初始化全部权重</translation>
    </message>
    <message>
        <source>Change {field} of {layer}</source>
        <translation>修改 {layer} 的 {field}</translation>
    </message>
    <message>
        <source>Draw weights of {layer}</source>
        <translation>初始化 {layer} 的权重</translation>
    </message>
    <message>
        <source>Duplicate {layer}</source>
        <translation>复制 {layer}</translation>
    </message>
    <message>
        <source>Remove {layer}</source>
        <translation>删除 {layer}</translation>
    </message>
</context>
<context>
    <name>LayerBars</name>
    <message>
        <source>How each layer learns</source>
        <translation>各层的学习情况</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>step</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>{0}: gradients of {1}; a step changes the weights by {2} of their length</source>
        <translation>{0}：梯度 {1}；每一步使权重改变其长度的 {2}</translation>
    </message>
    <message>
        <source>Each ninth of a bar is ten times as much. Gradients say how much a layer&apos;s weights matter for the loss; a change of about a thousandth in each step, the line, is usual.</source>
        <translation>长条每九分之一代表十倍。梯度表示这一层的权重对损失有多大影响；每一步改变约千分之一（竖线处）是正常的。</translation>
    </message>
</context>
<context>
    <name>LayerForm</name>
    <message>
        <source>reads</source>
        <translation>读取自</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>冻结</translation>
    </message>
    <message>
        <source>Weights were changed by hand. Changing the seed draws new ones.</source>
        <translation>权重经过手动修改。修改随机种子会重新初始化。</translation>
    </message>
    <message>
        <source>The seed decides which weights are drawn.</source>
        <translation>种子决定抽取哪些权重。</translation>
    </message>
    <message>
        <source>These weights were learned or come from a file. Changing the seed draws new ones.</source>
        <translation>这些权重来自训练或文件。修改随机种子会重新初始化。</translation>
    </message>
    <message>
        <source>Draw this layer&apos;s weights with the next seed</source>
        <translation>用下一个随机种子初始化这一层的权重</translation>
    </message>
    <message>
        <source>draw new weights</source>
        <translation>重新初始化权重</translation>
    </message>
</context>
<context>
    <name>LayerList</name>
    <message>
        <source>Add a layer to begin</source>
        <translation>先添加一个层</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>{count} more: type more of the name</source>
        <translation>还有 {count} 个：请多输入几个字</translation>
    </message>
    <message>
        <source>No layer has that in its name or type</source>
        <translation>没有名称或类型包含这些字的层</translation>
    </message>
    <message>
        <source>Open the block</source>
        <translation>展开这个块</translation>
    </message>
    <message>
        <source>Fold the block</source>
        <translation>折叠这个块</translation>
    </message>
    <message>
        <source>Fold all blocks</source>
        <translation>折叠所有块</translation>
    </message>
    <message>
        <source>Open all blocks</source>
        <translation>展开所有块</translation>
    </message>
    <message>
        <source>Change {field} of the input</source>
        <translation>修改输入的 {field}</translation>
    </message>
</context>
<context>
    <name>LayerSearch</name>
    <message>
        <source>Find layers (Ctrl+F)</source>
        <translation>查找层 (Ctrl+F)</translation>
    </message>
    <message>
        <source>find layers</source>
        <translation>查找层</translation>
    </message>
    <message>
        <source>all layers again</source>
        <translation>重新显示所有层</translation>
    </message>
    <message>
        <source>Names or types, or parts of them. Enter: the next one, Esc: all layers again</source>
        <translation>名称或类型，或其中一部分。Enter：下一个，Esc：重新显示所有层</translation>
    </message>
</context>
<context>
    <name>LayerSizes</name>
    <message>
        <source>Moments: {formula}</source>
        <translation>时刻数：{formula}</translation>
    </message>
    <message>
        <source>Height and width: {formula}</source>
        <translation>高和宽：{formula}</translation>
    </message>
    <message>
        <source>Height: {rows}
Width: {columns}</source>
        <translation>高：{rows}
宽：{columns}</translation>
    </message>
</context>
<context>
    <name>LayerStrip</name>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Open the block</source>
        <translation>展开这个块</translation>
    </message>
    <message>
        <source>Fold the block</source>
        <translation>折叠这个块</translation>
    </message>
    <message>
        <source>Fold all blocks</source>
        <translation>折叠所有块</translation>
    </message>
    <message>
        <source>Open all blocks</source>
        <translation>展开所有块</translation>
    </message>
</context>
<context>
    <name>Layers</name>
    <message>
        <source>What the network sees: one channel per colour, before any layer.</source>
        <translation>网络看到的画面：每种颜色一个通道，还没有经过任何层。</translation>
    </message>
    <message>
        <source>Bypassed: what it reads passes unchanged.</source>
        <translation>已旁路：输入原样通过。</translation>
    </message>
    <message>
        <source>Slides kernels over the maps: one new map per kernel</source>
        <translation>让卷积核在特征图上滑动：每个卷积核产生一张新的特征图</translation>
    </message>
    <message>
        <source>One {kernel_size} kernel slides over all input channels. At each position the products with the values under it, and the bias, add up to one number of this map.</source>
        <translation>一个 {kernel_size} 的卷积核在所有输入通道上滑动。在每个位置，它与所覆盖的数值逐个相乘，求和后再加上偏置，得到这张特征图上的一个数。</translation>
    </message>
    <message>
        <source>Lays kernels into larger maps: one new map per kernel</source>
        <translation>把卷积核铺进更大的特征图：每个卷积核产生一张新的特征图</translation>
    </message>
    <message>
        <source>Each number of the input lays a {kernel_size} kernel, multiplied by it, into a larger map. Where kernels overlap they add up, over all input channels, and so does the bias.</source>
        <translation>输入的每个数乘以一个 {kernel_size} 的卷积核，铺进更大的特征图。重叠的地方相加，所有输入通道也相加，最后再加上偏置。</translation>
    </message>
    <message>
        <source>Slides kernels over maps and time: they see how things change</source>
        <translation>让卷积核在特征图和时间上滑动：能看到变化</translation>
    </message>
    <message>
        <source>One {kernel_size} kernel slides over all input channels and over time. At each position the products with the values under it, of several moments, and the bias, add up to one number of this map.</source>
        <translation>一个 {kernel_size} 的卷积核在所有输入通道和时间上滑动。在每个位置，它与所覆盖的几个时刻的数值逐个相乘，求和后再加上偏置，得到这张特征图上的一个数。</translation>
    </message>
    <message>
        <source>Lays kernels into larger and longer maps</source>
        <translation>把卷积核铺进更大、时刻更多的特征图</translation>
    </message>
    <message>
        <source>Each number of the input lays a {kernel_size} kernel, multiplied by it, into maps that are larger and have more moments. Where kernels overlap they add up, over all input channels, and so does the bias.</source>
        <translation>输入的每个数乘以一个 {kernel_size} 的卷积核，铺进更大、时刻更多的特征图。重叠的地方相加，所有输入通道也相加，最后再加上偏置。</translation>
    </message>
    <message>
        <source>Keeps the largest value of each window</source>
        <translation>保留每个窗口中的最大值</translation>
    </message>
    <message>
        <source>Keeps the largest value of each {kernel_size} window. The map shrinks; the strongest responses stay, also when the picture shifts a little. Nothing to learn.</source>
        <translation>保留每个 {kernel_size} 窗口中的最大值。特征图变小，最强的响应留了下来，画面略微平移也不受影响。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps the mean of each window</source>
        <translation>取每个窗口的平均值</translation>
    </message>
    <message>
        <source>Keeps the mean of each {kernel_size} window. The map shrinks and becomes smoother. Nothing to learn.</source>
        <translation>取每个 {kernel_size} 窗口的平均值。特征图变小，也更平滑。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Makes one number of each map: its mean</source>
        <translation>把每张特征图变成一个数：它的平均值</translation>
    </message>
    <message>
        <source>Keeps one number of each map: its mean.</source>
        <translation>每张特征图只留下一个数：它的平均值。</translation>
    </message>
    <message>
        <source>Makes one number of each map: its largest value</source>
        <translation>把每张特征图变成一个数：它的最大值</translation>
    </message>
    <message>
        <source>Keeps one number of each map: its largest value.</source>
        <translation>每张特征图只留下一个数：它的最大值。</translation>
    </message>
    <message>
        <source>Keeps as many means as you ask for, whatever the map&apos;s size</source>
        <translation>不论特征图多大，按指定的个数取平均值</translation>
    </message>
    <message>
        <source>Divides the map into {output_size} windows, whatever its size, and keeps the mean of each. Nothing to learn.</source>
        <translation>不论特征图多大，都分成 {output_size} 个窗口，取每个窗口的平均值。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps as many largest values as you ask for, whatever the map&apos;s size</source>
        <translation>不论特征图多大，按指定的个数取最大值</translation>
    </message>
    <message>
        <source>Divides the map into {output_size} windows, whatever its size, and keeps the largest value of each. Nothing to learn.</source>
        <translation>不论特征图多大，都分成 {output_size} 个窗口，保留每个窗口的最大值。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps the largest value of each window of several moments</source>
        <translation>保留每个跨越几个时刻的窗口中的最大值</translation>
    </message>
    <message>
        <source>Keeps the largest value of each {kernel_size} window, which reaches over several moments: the strongest responses stay, also when they come a little earlier or later. Nothing to learn.</source>
        <translation>保留每个 {kernel_size} 窗口中的最大值，窗口跨越几个时刻：最强的响应留了下来，稍早或稍晚出现也不受影响。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Keeps the mean of each window of several moments</source>
        <translation>取每个跨越几个时刻的窗口的平均值</translation>
    </message>
    <message>
        <source>Keeps the mean of each {kernel_size} window, which reaches over several moments: maps shrink and become smoother, in time too. Nothing to learn.</source>
        <translation>取每个 {kernel_size} 窗口的平均值，窗口跨越几个时刻：特征图变小，在时间上也更平滑。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Makes one number of each map: its mean over all moments</source>
        <translation>把每张特征图变成一个数：它在所有时刻的平均值</translation>
    </message>
    <message>
        <source>Keeps one number of each map: its mean over all moments.</source>
        <translation>每张特征图只留下一个数：它在所有时刻的平均值。</translation>
    </message>
    <message>
        <source>Keeps as many means as you ask for, in time too, whatever the map&apos;s size</source>
        <translation>不论特征图多大、时刻多少，按指定的个数取平均值</translation>
    </message>
    <message>
        <source>Divides the map and its moments into {output_size} windows, however many there are, and keeps the mean of each. Nothing to learn.</source>
        <translation>不论特征图多大、时刻多少，都分成 {output_size} 个窗口，取每个窗口的平均值。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Replaces negative values by zero</source>
        <translation>把负值变为零</translation>
    </message>
    <message>
        <source>Keeps what is positive; everything else becomes zero.</source>
        <translation>正值保持不变，其余都变为零。</translation>
    </message>
    <message>
        <source>Makes negative values small</source>
        <translation>把负值变小</translation>
    </message>
    <message>
        <source>Keeps what is positive; everything else is multiplied by {negative_slope}.</source>
        <translation>正值保持不变，其余都乘以 {negative_slope}。</translation>
    </message>
    <message>
        <source>Multiplies negative values by a learned number</source>
        <translation>负值乘以一个学到的数</translation>
    </message>
    <message>
        <source>Keeps what is positive; everything else is multiplied by a number that is learned.</source>
        <translation>正值保持不变，其余都乘以一个学到的数。</translation>
    </message>
    <message>
        <source>A ReLU that goes no higher than 6</source>
        <translation>不超过 6 的 ReLU</translation>
    </message>
    <message>
        <source>Keeps what lies between 0 and 6; what lies outside becomes 0 or 6.</source>
        <translation>0 到 6 之间的值保持不变，之外的变为 0 或 6。</translation>
    </message>
    <message>
        <source>A ReLU that bends softly below zero</source>
        <translation>在零以下平滑弯曲的 ReLU</translation>
    </message>
    <message>
        <source>Keeps what is positive; what is negative bends softly towards minus {alpha}.</source>
        <translation>正值保持不变，负值平滑地趋向负 {alpha}。</translation>
    </message>
    <message>
        <source>x times the share of a bell curve below x: a smooth ReLU</source>
        <translation>x 乘以正态分布中小于 x 的比例：平滑的 ReLU</translation>
    </message>
    <message>
        <source>Keeps large values, fades those near zero and below out softly, as a bell curve does.</source>
        <translation>大的值保持不变，接近零和负的值按正态曲线平滑地减弱。</translation>
    </message>
    <message>
        <source>x times sigmoid(x): a smooth ReLU</source>
        <translation>x 乘以 sigmoid(x)：平滑的 ReLU</translation>
    </message>
    <message>
        <source>Keeps large values, fades those near zero and below out softly.</source>
        <translation>大的值保持不变，接近零和负的值平滑地减弱。</translation>
    </message>
    <message>
        <source>A SiLU without exp, quick to compute</source>
        <translation>不用指数函数的 SiLU，计算快</translation>
    </message>
    <message>
        <source>Keeps values above 3, turns those below −3 into zero, and bends what lies between.</source>
        <translation>大于 3 的值保持不变，小于 −3 的变为零，之间的平滑过渡。</translation>
    </message>
    <message>
        <source>A smooth ReLU that never quite reaches zero</source>
        <translation>平滑的 ReLU，永远不会真正到零</translation>
    </message>
    <message>
        <source>Keeps large values; all others bend softly to just above zero.</source>
        <translation>大的值保持不变，其余平滑地弯向略大于零。</translation>
    </message>
    <message>
        <source>Bends values into 0 to 1</source>
        <translation>把数值压缩到 0 到 1 之间</translation>
    </message>
    <message>
        <source>Squeezes every value to between 0 and 1.</source>
        <translation>把每个值压缩到 0 到 1 之间。</translation>
    </message>
    <message>
        <source>A Sigmoid of three straight lines: 0 to 1</source>
        <translation>由三段直线组成的 Sigmoid：0 到 1</translation>
    </message>
    <message>
        <source>Lays what lies between −3 and 3 straight onto 0 to 1; the rest is cut off.</source>
        <translation>把 −3 到 3 之间的值按直线对应到 0 到 1，其余截断。</translation>
    </message>
    <message>
        <source>Bends values into −1 to 1</source>
        <translation>把数值压缩到 −1 到 1 之间</translation>
    </message>
    <message>
        <source>Squeezes every value to between −1 and 1.</source>
        <translation>把每个值压缩到 −1 到 1 之间。</translation>
    </message>
    <message>
        <source>Cuts values off below and above</source>
        <translation>在上下两端截断数值</translation>
    </message>
    <message>
        <source>Keeps what lies between {min_val} and {max_val}; what lies outside becomes the nearer of the two.</source>
        <translation>{min_val} 到 {max_val} 之间的值保持不变，之外的变为两者中较近的一个。</translation>
    </message>
    <message>
        <source>Makes positive numbers that sum to 1: probabilities</source>
        <translation>变为总和为 1 的正数：概率</translation>
    </message>
    <message>
        <source>Turns values into shares that add up to 1: probabilities of the classes.</source>
        <translation>把数值变为总和为 1 的比例：各类别的概率。</translation>
    </message>
    <message>
        <source>Shifts and scales each map by its usual mean and spread</source>
        <translation>按平时的均值和方差对每张特征图做平移和缩放</translation>
    </message>
    <message>
        <source>Shifts and scales this map by its usual mean and spread, then by two learned numbers.</source>
        <translation>先按平时的均值和方差，再按两个学到的参数，对这张特征图做平移和缩放。</translation>
    </message>
    <message>
        <source>Shifts and scales each map, all its moments alike, by its usual mean and spread</source>
        <translation>按平时的均值和方差对每张特征图做平移和缩放，所有时刻一样</translation>
    </message>
    <message>
        <source>Shifts and scales this map, all its moments alike, by its usual mean and spread, then by two learned numbers.</source>
        <translation>先按平时的均值和方差，再按两个学到的参数，对这张特征图的所有时刻做同样的平移和缩放。</translation>
    </message>
    <message>
        <source>Shifts and scales groups of maps, in each picture anew</source>
        <translation>对成组的特征图做平移和缩放，每个画面重新计算</translation>
    </message>
    <message>
        <source>Shifts and scales groups of maps, {num_groups} in all, by the mean and spread that each has in this very picture.</source>
        <translation>特征图共分 {num_groups} 组，按每组在当前画面中的均值和方差做平移和缩放。</translation>
    </message>
    <message>
        <source>Shifts and scales each map, in each picture anew</source>
        <translation>对每张特征图做平移和缩放，每个画面重新计算</translation>
    </message>
    <message>
        <source>Shifts and scales this map by the mean and spread that it has in this very picture.</source>
        <translation>按这张特征图在当前画面中的均值和方差做平移和缩放。</translation>
    </message>
    <message>
        <source>Shifts and scales each map, all its moments together, in each clip anew</source>
        <translation>对每张特征图的所有时刻一起做平移和缩放，每段画面重新计算</translation>
    </message>
    <message>
        <source>Shifts and scales this map by the mean and spread that all its moments together have in what is seen now.</source>
        <translation>按这张特征图的所有时刻在当前所见中的均值和方差做平移和缩放。</translation>
    </message>
    <message>
        <source>Shifts and scales all channels together, in each picture anew</source>
        <translation>对所有通道一起做平移和缩放，每个画面重新计算</translation>
    </message>
    <message>
        <source>Shifts and scales values by the mean and spread that they have in this very picture: all channels at each position, or whole maps together.</source>
        <translation>按当前画面中的均值和方差做平移和缩放：每个位置的所有通道一起，或者所有特征图一起。</translation>
    </message>
    <message>
        <source>Drops units at random in training; otherwise does nothing</source>
        <translation>训练时随机丢弃单元；其他时候不起作用</translation>
    </message>
    <message>
        <source>Drops units at random while learning; here everything passes unchanged.</source>
        <translation>训练时随机丢弃单元；这里一切原样通过。</translation>
    </message>
    <message>
        <source>Puts all maps into one long row of numbers</source>
        <translation>把所有特征图展平成一长串数</translation>
    </message>
    <message>
        <source>Lays all maps out in one row of numbers. No value changes.</source>
        <translation>把所有特征图展平成一串数，数值不变。</translation>
    </message>
    <message>
        <source>Gives the same numbers another shape</source>
        <translation>让同样的数换一种形状</translation>
    </message>
    <message>
        <source>Lays the same numbers, in the same order, out in another shape. No value changes.</source>
        <translation>把同样的数按同样的顺序排成另一种形状，数值不变。</translation>
    </message>
    <message>
        <source>Keeps some of the channels, moments, rows or columns</source>
        <translation>只保留一部分通道、时刻、行或列</translation>
    </message>
    <message>
        <source>Keeps some of the channels, moments, rows or columns and drops the others. No value changes.</source>
        <translation>只保留一部分通道、时刻、行或列，其余丢弃，数值不变。</translation>
    </message>
    <message>
        <source>Puts values around the maps</source>
        <translation>在特征图四周补上数值</translation>
    </message>
    <message>
        <source>Puts values around the map; none inside it changes.</source>
        <translation>在特征图四周补上数值，里面的数值不变。</translation>
    </message>
    <message>
        <source>Puts values around the maps, and moments before and after</source>
        <translation>在特征图四周补上数值，在前后补上时刻</translation>
    </message>
    <message>
        <source>Puts values around the map, and moments before its first and after its last; none inside it changes.</source>
        <translation>在特征图四周补上数值，在第一个时刻之前和最后一个时刻之后补上时刻，里面的数值不变。</translation>
    </message>
    <message>
        <source>Makes maps larger; nothing to learn</source>
        <translation>放大特征图，没有需要学习的参数</translation>
    </message>
    <message>
        <source>Makes the map larger: each value is repeated (nearest), or new ones lie on straight lines in between (bilinear). Nothing to learn.</source>
        <translation>放大特征图：重复每个值（nearest），或者在之间按直线插值（bilinear）。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Makes maps larger and gives them more moments</source>
        <translation>放大特征图，并增加时刻</translation>
    </message>
    <message>
        <source>Makes the map larger, and longer in time: each value is repeated (nearest), or new ones lie on straight lines in between (trilinear). Nothing to learn.</source>
        <translation>放大特征图，时间上也变长：重复每个值（nearest），或者在之间按直线插值（trilinear）。没有需要学习的参数。</translation>
    </message>
    <message>
        <source>Fully connected: every output sees every input</source>
        <translation>全连接：每个输出都与所有输入相连</translation>
    </message>
    <message>
        <source>Multiplies every input by a weight of its own and adds up: one sum per unit.</source>
        <translation>每个输入乘以各自的权重，再求和：每个单元一个和。</translation>
    </message>
    <message>
        <source>Adds layers of one shape: a skip connection</source>
        <translation>把形状相同的层相加：跳跃连接</translation>
    </message>
    <message>
        <source>Adds the maps of several layers, value by value.</source>
        <translation>把几个层的特征图逐元素相加。</translation>
    </message>
    <message>
        <source>Multiplies layers value by value: a gate</source>
        <translation>把几个层逐元素相乘：门控</translation>
    </message>
    <message>
        <source>Multiplies the maps of several layers, value by value; a map of one number weighs the whole other one.</source>
        <translation>把几个层的特征图逐元素相乘；只有一个数的特征图给另一张整个加权。</translation>
    </message>
    <message>
        <source>Puts the maps of several layers one after the other</source>
        <translation>把几个层的特征图沿通道依次拼接</translation>
    </message>
    <message>
        <source>Puts the maps of several layers one after the other. No value changes.</source>
        <translation>把几个层的特征图沿通道依次拼接，数值不变。</translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Something in the program failed ({0}). It goes on as well as it can.</source>
        <translation>程序出了错（{0}），但会尽可能继续运行。</translation>
    </message>
    <message>
        <source>Opened network {0}</source>
        <translation>已打开网络 {0}</translation>
    </message>
    <message>
        <source>No channel is shown that could be copied</source>
        <translation>当前没有可复制的通道</translation>
    </message>
    <message>
        <source>Copied a picture of {0} × {1} pixels</source>
        <translation>已复制 {0} × {1} 像素的图片</translation>
    </message>
</context>
<context>
    <name>ManyReadsEditor</name>
    <message>
        <source>choose layers…</source>
        <translation>选择层…</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>The map that the numbers make</source>
        <translation>这些数组成的特征图</translation>
    </message>
    <message>
        <source>Arrows choose a place</source>
        <translation>用方向键选择位置</translation>
    </message>
    <message>
        <source>Click or drag to choose a place; the arrows move it by one</source>
        <translation>点击或拖动选择位置；方向键每次移动一格</translation>
    </message>
    <message>
        <source>A flat layer has no map</source>
        <translation>一维的层没有特征图</translation>
    </message>
</context>
<context>
    <name>Meanings</name>
    <message>
        <source>How many kernels there are: each makes one map</source>
        <translation>卷积核的个数：每个产生一张特征图</translation>
    </message>
    <message>
        <source>Height and width of the window that slides</source>
        <translation>滑动窗口的高度和宽度</translation>
    </message>
    <message>
        <source>By how many values the window moves on: 2 makes maps half as large</source>
        <translation>步幅：窗口每次移动多少个值；取 2 时特征图的边长减半</translation>
    </message>
    <message>
        <source>What is put around the input: with same, maps keep its size; with valid, nothing is</source>
        <translation>填充：在输入四周补上的值；same 使特征图保持输入的大小，valid 不填充</translation>
    </message>
    <message>
        <source>How much is added below and on the right of the result</source>
        <translation>结果的下边和右边再补多少</translation>
    </message>
    <message>
        <source>Height and width of the result</source>
        <translation>结果的高度和宽度</translation>
    </message>
    <message>
        <source>How far apart the values are that a kernel looks at: 1 is side by side</source>
        <translation>膨胀：卷积核所看的值之间的间距；1 表示紧挨着</translation>
    </message>
    <message>
        <source>Into how many groups the channels are divided: a kernel spans only those of its own</source>
        <translation>通道分成多少组：每个卷积核只跨越自己那一组的通道</translation>
    </message>
    <message>
        <source>Whether each output has a number of its own added to it</source>
        <translation>偏置：是否给每个输出再加上一个单独的数</translation>
    </message>
    <message>
        <source>Whether a last window that lies only partly on the input counts, too</source>
        <translation>最后一个只有部分落在输入上的窗口是否也算</translation>
    </message>
    <message>
        <source>Whether zeros of the padding count for the mean</source>
        <translation>求平均值时是否计入填充的零</translation>
    </message>
    <message>
        <source>What is added to the variance, so that nothing is divided by 0</source>
        <translation>加在方差上的小数，避免除以 0</translation>
    </message>
    <message>
        <source>In training: how fast the usual mean and spread follow the pictures</source>
        <translation>训练时：平时的均值和方差跟随画面变化的快慢</translation>
    </message>
    <message>
        <source>Into how many groups the channels are divided</source>
        <translation>通道分成多少组</translation>
    </message>
    <message>
        <source>Whether each channel is scaled and shifted by two learned numbers afterwards</source>
        <translation>之后是否再按两个学到的数对每个通道做缩放和平移</translation>
    </message>
    <message>
        <source>What has one mean and spread: the channels at each position, or whole maps</source>
        <translation>哪些值共用一个均值和方差：每个位置的各通道，还是全部特征图</translation>
    </message>
    <message>
        <source>Whether the result is scaled by learned numbers</source>
        <translation>结果是否再乘以学到的数</translation>
    </message>
    <message>
        <source>What negative values are multiplied by</source>
        <translation>负值乘以多少</translation>
    </message>
    <message>
        <source>1 for one learned number in all, or as many as there are channels</source>
        <translation>1 表示总共一个学到的数，也可以与通道一样多</translation>
    </message>
    <message>
        <source>What the learned numbers are before any training</source>
        <translation>训练之前，这些数是多少</translation>
    </message>
    <message>
        <source>How far below zero values can get</source>
        <translation>数值最多能低于零多少</translation>
    </message>
    <message>
        <source>Whether the curve itself is computed, or a formula near it with tanh</source>
        <translation>计算曲线本身，还是用 tanh 的近似公式</translation>
    </message>
    <message>
        <source>How sharp the bend at zero is</source>
        <translation>零附近弯曲得有多急</translation>
    </message>
    <message>
        <source>Values that are larger, times beta, stay exactly as they are</source>
        <translation>乘以 beta 后大于它的值原样不变</translation>
    </message>
    <message>
        <source>The smallest value that is kept</source>
        <translation>保留的最小值</translation>
    </message>
    <message>
        <source>The largest value that is kept</source>
        <translation>保留的最大值</translation>
    </message>
    <message>
        <source>In training: the share of units that are dropped</source>
        <translation>训练时：丢弃的单元所占的比例</translation>
    </message>
    <message>
        <source>How many numbers the layer puts out</source>
        <translation>这一层输出多少个数</translation>
    </message>
    <message>
        <source>Height and width of the result, in place of a factor</source>
        <translation>结果的高度和宽度，代替倍数</translation>
    </message>
    <message>
        <source>How many times as high and wide the result is</source>
        <translation>结果的高度和宽度是原来的多少倍</translation>
    </message>
    <message>
        <source>With straight lines in between: whether the outermost values stay at the very corners</source>
        <translation>用于按直线插值：最外面的值是否正好留在角上</translation>
    </message>
    <message>
        <source>Whether channels, moments, rows or columns are picked</source>
        <translation>选取通道、时刻、行还是列</translation>
    </message>
    <message>
        <source>One number for a flat row, or channels, height and width, with time before the height where maps have moments; −1 is whatever is left over</source>
        <translation>一个数表示一串数；也可以是通道、高、宽，有几个时刻时在高之前写时刻数；−1 表示余下的部分</translation>
    </message>
    <message>
        <source>With constant: what is put around the maps</source>
        <translation>用于 constant：在特征图四周补的值</translation>
    </message>
    <message>
        <source>The first that is kept, counted from 0; below 0 it counts from the end</source>
        <translation>保留的第一个，从 0 数起；小于 0 时从末尾数起</translation>
    </message>
    <message>
        <source>The first that is no longer kept; without it, all to the end are</source>
        <translation>第一个不再保留的；不填则一直保留到末尾</translation>
    </message>
    <message>
        <source>1 keeps each of them, 2 every other</source>
        <translation>1 全部保留，2 每隔一个保留一个</translation>
    </message>
    <message>
        <source>Which earlier layers the layer takes its input from</source>
        <translation>这一层从前面哪些层取得输入</translation>
    </message>
    <message>
        <source>From which distribution the weights are drawn, before any training</source>
        <translation>训练之前，权重按哪种分布随机初始化</translation>
    </message>
    <message>
        <source>The same number always draws the same weights</source>
        <translation>同一个数总是得到同样的权重</translation>
    </message>
    <message>
        <source>Whether the layer keeps its weights when the network is trained</source>
        <translation>训练网络时，这一层是否保持权重不变</translation>
    </message>
    <message>
        <source>Whether the network sees colours</source>
        <translation>网络是否看到颜色</translation>
    </message>
    <message>
        <source>How many frames the network sees at once, the newest last: with 1 it sees still pictures, with more it can see movement</source>
        <translation>网络一次看到多少帧，最新的在最后：1 只看静止的画面，更多则能看到运动</translation>
    </message>
    <message>
        <source>1 takes each frame, 2 every other: the network then sees further back with as many frames</source>
        <translation>1 每帧都取，2 每隔一帧取一帧：同样多的帧能看到更早的画面</translation>
    </message>
    <message>
        <source>The frames a second that are counted in, so that movement looks as fast from every source; 0 takes frames as they come</source>
        <translation>按每秒多少帧来数，使各种来源的运动看起来一样快；0 则来一帧算一帧</translation>
    </message>
    <message>
        <source>Rows of pixels that the network sees</source>
        <translation>网络看到多少行像素</translation>
    </message>
    <message>
        <source>Columns of pixels that the network sees</source>
        <translation>网络看到多少列像素</translation>
    </message>
    <message>
        <source>How a picture of another shape is brought to this size</source>
        <translation>形状不同的画面怎样变成这个大小</translation>
    </message>
    <message>
        <source>Mean and std in common use, to fill in below</source>
        <translation>常用的均值和标准差，会填到下面</translation>
    </message>
    <message>
        <source>Per channel, subtracted from the pixels, which are 0 to 1</source>
        <translation>逐通道：从像素值（0 到 1）中减去的数</translation>
    </message>
    <message>
        <source>Per channel, what the pixels are then divided by</source>
        <translation>逐通道：像素值随后除以的数</translation>
    </message>
    <message>
        <source>Names for the units of the last layer, with commas between them</source>
        <translation>最后一层各单元的名称，用英文逗号分隔</translation>
    </message>
    <message>
        <source>How far apart kernels are laid: 2 makes maps twice as large</source>
        <translation>步幅：卷积核铺放的间距；取 2 时特征图的边长加倍</translation>
    </message>
    <message>
        <source>How much of the result is cut off around it</source>
        <translation>填充：结果四周裁掉多少</translation>
    </message>
    <message>
        <source>How much is added after, below and on the right of the result</source>
        <translation>结果的末尾时刻之后、下边和右边再补多少</translation>
    </message>
    <message>
        <source>How many moments the result has; then its height and width</source>
        <translation>结果有多少个时刻，然后是高度和宽度</translation>
    </message>
    <message>
        <source>Whether a learned number is added afterwards</source>
        <translation>偏置：之后是否再加上一个学到的数</translation>
    </message>
    <message>
        <source>How much is put on each side</source>
        <translation>填充：每一边补多少</translation>
    </message>
    <message>
        <source>How much is put on each side, and how many moments before and after</source>
        <translation>填充：每一边补多少，前后各补多少个时刻</translation>
    </message>
    <message>
        <source>How many moments the result has, its height and width, in place of a factor</source>
        <translation>结果的时刻数、高度和宽度，代替倍数</translation>
    </message>
    <message>
        <source>How many times as many moments, rows and columns the result has</source>
        <translation>结果的时刻、行、列各是原来的多少倍</translation>
    </message>
    <message>
        <source>What is put around: one constant value, what a mirror at the edge would show, or the value at the edge again and again</source>
        <translation>补什么：一个固定的值、以边缘为镜子的镜像，或者重复边缘的值</translation>
    </message>
    <message>
        <source>Over how many moments the window that slides reaches; then its height and width</source>
        <translation>滑动窗口跨越多少个时刻，然后是高度和宽度</translation>
    </message>
    <message>
        <source>By how many moments, rows and columns the window moves on: 2 makes half as many of them</source>
        <translation>步幅：窗口每次移动多少个时刻、行和列；取 2 时各减半</translation>
    </message>
    <message>
        <source>Whether each value is repeated, or new ones lie on straight lines in between</source>
        <translation>重复每个值，还是在之间按直线插值</translation>
    </message>
</context>
<context>
    <name>MendButton</name>
    <message>
        <source>Mend it</source>
        <translation>修正</translation>
    </message>
</context>
<context>
    <name>MomentBar</name>
    <message>
        <source>Moment</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Which moment is seen; the newest is at the right (&lt;, &gt;)</source>
        <translation>显示哪个时刻；最新的在右端（&lt;、&gt;）</translation>
    </message>
    <message>
        <source>{moment}   {number} of {count}</source>
        <translation>{moment}   {number} / {count}</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>一个时刻</translation>
    </message>
    <message>
        <source>Show one moment of each channel</source>
        <translation>显示每个通道的一个时刻</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Play the moments again and again</source>
        <translation>循环播放各时刻</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Lay the moments out: channels go down, time goes across</source>
        <translation>展开各时刻：通道自上而下，时间从左到右</translation>
    </message>
</context>
<context>
    <name>Moments</name>
    <message>
        <source>{have} of {need} frames</source>
        <translation>已有 {have} / {need} 帧</translation>
    </message>
    <message>
        <source>{have} of {need} frames: maps come when all are there</source>
        <translation>已有 {have} / {need} 帧：到齐后显示特征图</translation>
    </message>
</context>
<context>
    <name>NetworkMenu</name>
    <message>
        <source>Open network…</source>
        <translation>打开网络…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>NetworkPage</name>
    <message>
        <source>The whole network</source>
        <translation>整个网络</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>折叠</translation>
    </message>
    <message>
        <source>Fold all blocks</source>
        <translation>折叠所有块</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>展开</translation>
    </message>
    <message>
        <source>Open all blocks</source>
        <translation>展开所有块</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Shrink (−)</source>
        <translation>缩小 (−)</translation>
    </message>
    <message>
        <source>Magnify</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Magnify (+)</source>
        <translation>放大 (+)</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Fit the network (0)</source>
        <translation>网络适应窗口 (0)</translation>
    </message>
    <message>
        <source>{name}: {count} layers, from {shape}</source>
        <translation>{name}：{count} 个层，从 {shape} 开始</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>network&apos;s name</source>
        <translation>网络名称</translation>
    </message>
    <message>
        <source>The network&apos;s name: click to change it</source>
        <translation>网络名称：点击可修改</translation>
    </message>
    <message>
        <source>Go to the first problem</source>
        <translation>转到第一个问题</translation>
    </message>
    <message>
        <source>Weights of all layers</source>
        <translation>所有层的权重</translation>
    </message>
    <message>
        <source>Add layer</source>
        <translation>添加层</translation>
    </message>
    <message>
        <source>Rename network</source>
        <translation>重命名网络</translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation>1 个问题</translation>
    </message>
    <message>
        <source>{} problems</source>
        <translation>{} 个问题</translation>
    </message>
    <message>
        <source>{problems}: the last valid network runs on</source>
        <translation>{problems}：仍在运行上一个有效的网络</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入（input）</translation>
    </message>
    <message>
        <source>stride {}</source>
        <translation>步幅 {}</translation>
    </message>
    <message>
        <source>padding {}</source>
        <translation>填充 {}</translation>
    </message>
    <message>
        <source>output padding {}</source>
        <translation>输出填充 {}</translation>
    </message>
    <message>
        <source>dilation {}</source>
        <translation>膨胀 {}</translation>
    </message>
    <message>
        <source>{} groups</source>
        <translation>{} 组</translation>
    </message>
    <message>
        <source>{} numbers</source>
        <translation>{} 个数</translation>
    </message>
    <message>
        <source>from {}</source>
        <translation>从 {}</translation>
    </message>
    <message>
        <source>to {}</source>
        <translation>到 {}</translation>
    </message>
    <message>
        <source>step {}</source>
        <translation>步长 {}</translation>
    </message>
    <message>
        <source>×{}</source>
        <translation>×{}</translation>
    </message>
    <message>
        <source>{}</source>
        <translation>{}</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>冻结</translation>
    </message>
    <message>
        <source>reads {}</source>
        <translation>读取 {}</translation>
    </message>
    <message>
        <source>{} p</source>
        <translation>{} 参数</translation>
    </message>
    <message>
        <source>1e6 {} million|1e9 {} billion|1e12 {} trillion</source>
        <translation>1e4 {} 万|1e8 {} 亿|1e12 {} 万亿</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>关闭此通知</translation>
    </message>
</context>
<context>
    <name>NumberPage</name>
    <message>
        <source>One number</source>
        <translation>一个数</translation>
    </message>
    <message>
        <source>First</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Begin anew (Home)</source>
        <translation>重新开始 (Home)</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>后退一步</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Slide the kernel by itself</source>
        <translation>让卷积核自己滑动</translation>
    </message>
    <message>
        <source>One step on</source>
        <translation>前进一步</translation>
    </message>
    <message>
        <source>Step on</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Moment before</source>
        <translation>上一时刻</translation>
    </message>
    <message>
        <source>The same place earlier (&lt;)</source>
        <translation>同一位置，更早（&lt;）</translation>
    </message>
    <message>
        <source>Next moment</source>
        <translation>下一时刻</translation>
    </message>
    <message>
        <source>The same place later (&gt;)</source>
        <translation>同一位置，更晚（&gt;）</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步进方式</translation>
    </message>
    <message>
        <source>How far a step goes</source>
        <translation>每一步走多远</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>逐个数</translation>
    </message>
    <message>
        <source>By term</source>
        <translation>逐个项</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Steps a second</source>
        <translation>每秒步数</translation>
    </message>
    <message>
        <source>{speed}/s</source>
        <translation>{speed}/秒</translation>
    </message>
    <message>
        <source>Guess first</source>
        <translation>先猜一猜</translation>
    </message>
    <message>
        <source>Hide the result until you have said what it will be</source>
        <translation>先隐藏结果，等你说出猜测</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Larger numbers, for the last row of a class</source>
        <translation>放大数字，让教室后排也能看清</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>Make another kernel, or change this one</source>
        <translation>生成另一个卷积核，或修改这一个</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy formula or picture</source>
        <translation>复制算式或图片</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation>复制为图片</translation>
    </message>
    <message>
        <source>About this number</source>
        <translation>关于这个数</translation>
    </message>
    <message>
        <source>How the number comes about</source>
        <translation>这个数是怎么来的</translation>
    </message>
    <message>
        <source>The picture is held: go on live</source>
        <translation>画面已定格：继续实时</translation>
    </message>
    <message>
        <source>These are the numbers of the picture itself.
Choose a layer in the strip above to see how it makes its numbers of them.</source>
        <translation>这些是画面本身的数值。
请在上方选择一个层，看它怎样由这些数得出自己的数。</translation>
    </message>
    <message>
        <source>No number yet.
Choose a source and a layer that runs.</source>
        <translation>还没有数值。
请选择视频源和正在运行的层。</translation>
    </message>
</context>
<context>
    <name>NumbersEditor</name>
    <message>
        <source>{0}, channel {1}</source>
        <translation>{0}，通道 {1}</translation>
    </message>
</context>
<context>
    <name>OneNumber</name>
    <message>
        <source>unit {name}</source>
        <translation>单元 {name}</translation>
    </message>
    <message>
        <source>channel {name} · {moment}, row {row}, column {column}</source>
        <translation>通道 {name} · {moment}，第 {row} 行，第 {column} 列</translation>
    </message>
    <message>
        <source>channel {name} · row {row}, column {column}</source>
        <translation>通道 {name} · 第 {row} 行，第 {column} 列</translation>
    </message>
    <message>
        <source>{value} (bias)</source>
        <translation>{value}（偏置）</translation>
    </message>
    <message>
        <source>{value} (rounding)</source>
        <translation>{value}（舍入）</translation>
    </message>
    <message>
        <source>The kernel lies on the window, as it is, not flipped; a slice of it on each of {moments} moments. What it finds in all of them, in each of the {count} input channels, is added up: one kernel, one map.</source>
        <translation>卷积核按原样放在窗口上，不翻转；{moments} 个时刻各有它的一片。它在所有时刻、{count} 个输入通道中得到的结果全部相加：一个卷积核，一张特征图。</translation>
    </message>
    <message>
        <source>The kernel lies on the window, as it is, not flipped. What it finds in each of the {count} input channels is added up, not averaged: one kernel, one map.</source>
        <translation>卷积核按原样放在窗口上，不翻转。它在 {count} 个输入通道中各自得到的结果相加，而不是取平均：一个卷积核，一张特征图。</translation>
    </message>
    <message>
        <source>The kernel lies on the window, as it is, not flipped: each value times the weight over it, and all of it added up.</source>
        <translation>卷积核按原样放在窗口上，不翻转：每个值乘以它上面的权重，再全部相加。</translation>
    </message>
    <message>
        <source>Every number that it reads times a weight of its own, all added up.</source>
        <translation>读取的每个数乘以各自的权重，再全部相加。</translation>
    </message>
    <message>
        <source>The numbers at the same place are added.</source>
        <translation>同一位置的数相加。</translation>
    </message>
    <message>
        <source>The mean of {count} values: there is nothing to learn in it.</source>
        <translation>{count} 个值的平均：没有需要学习的参数。</translation>
    </message>
    <message>
        <source>The largest of the window is kept, whatever the others are: there is nothing to learn in it. Padding counts as minus infinity.</source>
        <translation>只保留窗口中最大的值，不管其他值是多少：没有需要学习的参数。填充视为负无穷。</translation>
    </message>
    <message>
        <source>The numbers at the same place are multiplied.</source>
        <translation>同一位置的数相乘。</translation>
    </message>
    <message>
        <source>The same number under another address.</source>
        <translation>同一个数，只是换了位置。</translation>
    </message>
    <message>
        <source>Each number&apos;s exponential, as a share in the sum of all of them.</source>
        <translation>每个数的指数，占全部指数之和的比例。</translation>
    </message>
    <message>
        <source>Shifted and scaled, so that numbers keep to the same range.</source>
        <translation>经过平移和缩放，使数值保持在相同的范围。</translation>
    </message>
    <message>
        <source>A function of this one number.</source>
        <translation>只是这一个数的函数。</translation>
    </message>
    <message>
        <source>It sees nothing of the picture.</source>
        <translation>它看不到画面。</translation>
    </message>
    <message>
        <source>It sees {size} pixels of the picture: rows {top}–{bottom}, columns {left}–{right}.</source>
        <translation>它看到画面的 {size} 个像素：第 {top}–{bottom} 行，第 {left}–{right} 列。</translation>
    </message>
    <message>
        <source>Of {count} frames it sees {seen}: {first} to {last}.</source>
        <translation>{count} 帧中它看到 {seen} 帧：{first} 到 {last}。</translation>
    </message>
    <message>
        <source>Its neighbours see the same further on, by {steps} pixels.</source>
        <translation>相邻的数看到的区域相同，只是移动了 {steps} 个像素。</translation>
    </message>
</context>
<context>
    <name>Opener</name>
    <message>
        <source>Clipboard: there must be a picture, a file or an address in it</source>
        <translation>剪贴板：其中必须有图片、文件或地址</translation>
    </message>
    <message>
        <source>Open a video, an image or a network</source>
        <translation>打开视频、图片或网络</translation>
    </message>
    <message>
        <source>All of them ({0} {1})</source>
        <translation>所有支持的文件 ({0} {1})</translation>
    </message>
    <message>
        <source>Videos and images ({0})</source>
        <translation>视频和图片 ({0})</translation>
    </message>
    <message>
        <source>Networks ({0})</source>
        <translation>网络 ({0})</translation>
    </message>
    <message>
        <source>Open a video or an image</source>
        <translation>打开视频或图片</translation>
    </message>
    <message>
        <source>Open a network</source>
        <translation>打开网络</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>Network stream</source>
        <translation>网络视频流</translation>
    </message>
    <message>
        <source>Address of an MJPEG or RTSP stream (http, https, rtsp, rtmp):</source>
        <translation>MJPEG 或 RTSP 视频流的地址（http、https、rtsp、rtmp）：</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>{0}: only the first of {1} files was opened. Several images are watched by opening their folder.</source>
        <translation>{0}：{1} 个文件中只打开了第一个。要观看多张图片，请打开它们所在的文件夹。</translation>
    </message>
</context>
<context>
    <name>OptionalEditor</name>
    <message>
        <source>give {0}</source>
        <translation>指定 {0}</translation>
    </message>
</context>
<context>
    <name>PaceForm</name>
    <message>
        <source>Samples a second</source>
        <translation>每秒采集的样本数</translation>
    </message>
    <message>
        <source> a second</source>
        <translation> 个/秒</translation>
    </message>
    <message>
        <source>Samples at a click; 0: as long as the button is held</source>
        <translation>每次点击采集的样本数；0 表示按住时一直采集</translation>
    </message>
    <message>
        <source> at a click</source>
        <translation> 个/次</translation>
    </message>
    <message>
        <source>While held</source>
        <translation>按住时采集</translation>
    </message>
    <message>
        <source>Time to get into position before the first sample</source>
        <translation>第一个样本之前的准备时间</translation>
    </message>
    <message>
        <source> s countdown</source>
        <translation> 秒倒计时</translation>
    </message>
    <message>
        <source>No countdown</source>
        <translation>无倒计时</translation>
    </message>
</context>
<context>
    <name>PaddingEditor</name>
    <message>
        <source>number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>each side</source>
        <translation>逐边</translation>
    </message>
</context>
<context>
    <name>Parts</name>
    <message>
        <source>window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>source</source>
        <translation>视频源</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>recording of samples</source>
        <translation>样本采集</translation>
    </message>
    <message>
        <source>opening of samples</source>
        <translation>打开样本</translation>
    </message>
    <message>
        <source>recording</source>
        <translation>录像</translation>
    </message>
    <message>
        <source>kernels</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>files</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>Plot</name>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>Logarithmic scale</source>
        <translation>对数刻度</translation>
    </message>
    <message>
        <source>Show losses on a logarithmic scale: small ones are told apart, too</source>
        <translation>用对数刻度显示损失：小的损失也能分辨</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮次</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>cnngui will be in English when it is started the next time.</source>
        <translation>下次启动 cnngui 时，界面将显示为中文。</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>浅色或深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor cores</source>
        <translation>处理器核心数</translation>
    </message>
</context>
<context>
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>查找范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
</context>
<context>
    <name>ReadsBand</name>
    <message>
        <source>What the chosen channel reads</source>
        <translation>选中的通道读取什么</translation>
    </message>
    <message>
        <source>Click to see how this number comes about</source>
        <translation>点击查看这个数是怎样得来的</translation>
    </message>
    <message>
        <source>Choose a layer to see what it reads.</source>
        <translation>选择一个层，看它读取什么。</translation>
    </message>
    <message>
        <source>thicker: adds more</source>
        <translation>越粗：贡献越大</translation>
    </message>
</context>
<context>
    <name>ResultSamples</name>
    <message>
        <source>Open it again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>There are no such samples.</source>
        <translation>没有这样的样本。</translation>
    </message>
    <message>
        <source>These samples are in “{0}”, which is not open.</source>
        <translation>这些样本在“{0}”中，它没有打开。</translation>
    </message>
    <message>
        <source>The samples of “{0}” have changed since. Train again to see them.</source>
        <translation>“{0}”的样本后来有变动。重新训练即可查看。</translation>
    </message>
</context>
<context>
    <name>ResultView</name>
    <message>
        <source>Your guess</source>
        <translation>你的猜测</translation>
    </message>
    <message>
        <source>What will it be?</source>
        <translation>结果会是多少？</translation>
    </message>
    <message>
        <source>you said {guess}, {off} off</source>
        <translation>你猜的是 {guess}，相差 {off}</translation>
    </message>
    <message>
        <source>{mine} of {total}, the exponentials&apos; sum</source>
        <translation>{mine} / {total}（指数之和）</translation>
    </message>
    <message>
        <source>the other {count}</source>
        <translation>其余 {count} 个</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>{count} of {total} “{label}” were recognised</source>
        <translation>{total} 个“{label}”中，认对了 {count} 个</translation>
    </message>
    <message>
        <source>{count} of {total} “{label}” were taken for “{predicted}”</source>
        <translation>{total} 个“{label}”中，{count} 个被认成“{predicted}”</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>What share of a class&apos;s samples is taken for it</source>
        <translation>该类样本中有多大比例被认作该类</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>What share of the samples taken for a class is of it</source>
        <translation>被认作该类的样本中有多大比例确实属于该类</translation>
    </message>
    <message>
        <source>Recall and precision in one: their harmonic mean</source>
        <translation>召回率与精确率合一：二者的调和平均</translation>
    </message>
    <message>
        <source>no “{0}” to measure with</source>
        <translation>没有可供检验的“{0}”</translation>
    </message>
    <message>
        <source>precision {0}</source>
        <translation>精确率 {0}</translation>
    </message>
    <message>
        <source>F1 {0}</source>
        <translation>F1 {0}</translation>
    </message>
    <message>
        <source>“{label}”, recognised with {share}</source>
        <translation>“{label}”，认对了，概率 {share}</translation>
    </message>
    <message>
        <source>“{label}”, taken for “{predicted}” with {share}</source>
        <translation>“{label}”，被认成“{predicted}”，概率 {share}</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Run</source>
        <translation>训练记录</translation>
    </message>
    <message>
        <source>Whose results are shown</source>
        <translation>显示哪次训练的结果</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>What is measured of each class</source>
        <translation>测量每一类的什么</translation>
    </message>
    <message>
        <source>Write what each sample was taken for as a table (CSV)</source>
        <translation>把每个样本被认作什么写成表格（CSV）</translation>
    </message>
    <message>
        <source>Predictions as a table</source>
        <translation>预测存为表格</translation>
    </message>
    <message>
        <source>The commonest mistakes</source>
        <translation>最常见的错误</translation>
    </message>
    <message>
        <source>Most wrong</source>
        <translation>错得最多</translation>
    </message>
    <message>
        <source>Mistakes made with confidence</source>
        <translation>很有把握却认错的样本</translation>
    </message>
    <message>
        <source>Most unsure</source>
        <translation>最没把握</translation>
    </message>
    <message>
        <source>Samples whose two best classes were closest</source>
        <translation>得分最高的两个类别最接近的样本</translation>
    </message>
    <message>
        <source>No results yet.
Train the network: after each epoch you see here what it gets right and what it takes for something else.</source>
        <translation>还没有结果。
请训练网络：每一轮之后，这里会显示它认对了什么，把什么认错了。</translation>
    </message>
    <message>
        <source>right of {0}</source>
        <translation>答对（{0}）</translation>
    </message>
</context>
<context>
    <name>RowHeader</name>
    <message>
        <source>Bypassed: what it reads passes unchanged. Click to enable (B)</source>
        <translation>已旁路：输入原样通过。点击启用 (B)</translation>
    </message>
    <message>
        <source>Bypass this layer (B)</source>
        <translation>旁路这一层 (B)</translation>
    </message>
    <message>
        <source>bypass {name}</source>
        <translation>旁路 {name}</translation>
    </message>
</context>
<context>
    <name>Rules</name>
    <message>
        <source>must be writable</source>
        <translation>必须可以写入</translation>
    </message>
    <message>
        <source>a folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>a device or pipe</source>
        <translation>设备或管道</translation>
    </message>
    <message>
        <source>must be a file</source>
        <translation>必须是文件</translation>
    </message>
    <message>
        <source>must be a path, a URL, {camera} or {sample}</source>
        <translation>必须是路径、URL、{camera} 或 {sample}</translation>
    </message>
    <message>
        <source>a stream must be {schemes}</source>
        <translation>视频流的地址必须以 {schemes} 之一开头</translation>
    </message>
    <message>
        <source>must be a file or folder</source>
        <translation>必须是文件或文件夹</translation>
    </message>
    <message>
        <source>must go on with a camera&apos;s name or number</source>
        <translation>后面必须是摄像头的名称或编号</translation>
    </message>
    <message>
        <source>source</source>
        <translation>视频源</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>a URL must name a host</source>
        <translation>URL 中必须有主机名</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>must be an existing file or folder</source>
        <translation>必须是已有的文件或文件夹</translation>
    </message>
    <message>
        <source>must be a file or folder that may be read</source>
        <translation>必须是可以读取的文件或文件夹</translation>
    </message>
    <message>
        <source>must have a name that is text in UTF-8</source>
        <translation>名称必须是 UTF-8 文本</translation>
    </message>
    <message>
        <source>a device, pipe or socket</source>
        <translation>设备、管道或套接字</translation>
    </message>
    <message>
        <source>must be a URL</source>
        <translation>必须是 URL</translation>
    </message>
    <message>
        <source>a malformed one</source>
        <translation>格式有误</translation>
    </message>
    <message>
        <source>no scheme</source>
        <translation>没有协议名</translation>
    </message>
    <message>
        <source>no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>other bytes</source>
        <translation>其他字节</translation>
    </message>
    <message>
        <source>must be a path</source>
        <translation>必须是路径</translation>
    </message>
    <message>
        <source>a null byte in it</source>
        <translation>其中有空字节</translation>
    </message>
    <message>
        <source>an unknown user</source>
        <translation>未知的用户</translation>
    </message>
    <message>
        <source>camera {name}</source>
        <translation>摄像头 {name}</translation>
    </message>
    <message>
        <source>no camera</source>
        <translation>没有摄像头</translation>
    </message>
    <message>
        <source>none (in use by another program, or not permitted?)</source>
        <translation>没有画面（被其他程序占用，或没有权限？）</translation>
    </message>
    <message>
        <source>must be connected</source>
        <translation>必须已连接</translation>
    </message>
    <message>
        <source>must be one camera&apos;s name</source>
        <translation>必须只对应一个摄像头</translation>
    </message>
    <message>
        <source>must stay connected and go on sending</source>
        <translation>必须保持连接并持续传送画面</translation>
    </message>
    <message>
        <source>must be free and give pictures</source>
        <translation>必须空闲并能给出画面</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>没有画面</translation>
    </message>
    <message>
        <source>a folder must hold at least one image (png, jpg, bmp, webp, tiff, ...)</source>
        <translation>文件夹中至少要有一张图片（png、jpg、bmp、webp、tiff 等）</translation>
    </message>
    <message>
        <source>{count} other entries</source>
        <translation>{count} 个其他项目</translation>
    </message>
    <message>
        <source>{count} that cannot; the first is {error}</source>
        <translation>{count} 张不能读取；第一张是 {error}</translation>
    </message>
    <message>
        <source>a folder must hold at least one image that can be read</source>
        <translation>文件夹中至少要有一张可以读取的图片</translation>
    </message>
    <message>
        <source>must be a folder that may be read</source>
        <translation>必须是可以读取的文件夹</translation>
    </message>
    <message>
        <source>must answer within {seconds:g} s</source>
        <translation>必须在 {seconds:g} 秒内应答</translation>
    </message>
    <message>
        <source>silence</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>a certificate that cannot be trusted</source>
        <translation>不可信的证书</translation>
    </message>
    <message>
        <source>a fault in the encryption</source>
        <translation>加密出错</translation>
    </message>
    <message>
        <source>an unknown host</source>
        <translation>未知的主机</translation>
    </message>
    <message>
        <source>something else than HTTP</source>
        <translation>不是 HTTP</translation>
    </message>
    <message>
        <source>must be there</source>
        <translation>必须存在</translation>
    </message>
    <message>
        <source>must send a picture within {seconds:g} s</source>
        <translation>必须在 {seconds:g} 秒内传来一幅画面</translation>
    </message>
    <message>
        <source>a stream must go on</source>
        <translation>视频流必须持续</translation>
    </message>
    <message>
        <source>its end</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>must be a stream of pictures</source>
        <translation>必须是由图片组成的流</translation>
    </message>
    <message>
        <source>only pieces</source>
        <translation>只有片段</translation>
    </message>
    <message>
        <source>must be a file that may be read</source>
        <translation>必须是可以读取的文件</translation>
    </message>
    <message>
        <source>a video must have content</source>
        <translation>视频必须有内容</translation>
    </message>
    <message>
        <source>an empty file</source>
        <translation>空文件</translation>
    </message>
    <message>
        <source>must be a file or folder to be wound to a place</source>
        <translation>必须是文件或文件夹才能定位</translation>
    </message>
    <message>
        <source>must be a video that FFmpeg can read</source>
        <translation>必须是 FFmpeg 能读取的视频</translation>
    </message>
    <message>
        <source>a video&apos;s frame may have at most {most:,} pixels</source>
        <translation>视频的一帧最多可有 {most:,} 个像素</translation>
    </message>
    <message>
        <source>must hold the {count} frames that it announces</source>
        <translation>必须有它声明的 {count} 帧</translation>
    </message>
    <message>
        <source>must answer within {seconds:g} s as a stream that FFmpeg can read</source>
        <translation>必须在 {seconds:g} 秒内应答，并且是 FFmpeg 能读取的流</translation>
    </message>
    <message>
        <source>nothing of the kind</source>
        <translation>不是这样</translation>
    </message>
    <message>
        <source>a video must have at least one frame</source>
        <translation>视频必须至少有一帧</translation>
    </message>
    <message>
        <source>must be a video that can be decoded</source>
        <translation>必须是能解码的视频</translation>
    </message>
    <message>
        <source>{count} (cut off?)</source>
        <translation>{count}（被截断了？）</translation>
    </message>
    <message>
        <source>a broken one</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>class {name}</source>
        <translation>类别 {name}</translation>
    </message>
    <message>
        <source>must not have any of {characters} in its name</source>
        <translation>名称中不能有 {characters} 中的任何字符</translation>
    </message>
    <message>
        <source>must have a name of at most {most} bytes</source>
        <translation>名称最长 {most} 字节</translation>
    </message>
    <message>
        <source>class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>must have a name</source>
        <translation>必须有名称</translation>
    </message>
    <message>
        <source>must not begin or end with a dot or space</source>
        <translation>开头和结尾不能是点或空格</translation>
    </message>
    <message>
        <source>must not be named like a device of Windows</source>
        <translation>不能与 Windows 的设备同名</translation>
    </message>
    <message>
        <source>a class&apos;s colour</source>
        <translation>类别的颜色</translation>
    </message>
    <message>
        <source>must be #rrggbb</source>
        <translation>必须是 #rrggbb</translation>
    </message>
    <message>
        <source>a class must have a name in UTF-8, of characters that can be printed</source>
        <translation>类别名称必须是 UTF-8 的可显示字符</translation>
    </message>
    <message>
        <source>must be a list of classes</source>
        <translation>必须是类别列表</translation>
    </message>
    <message>
        <source>a class must have a name of at most {most} characters</source>
        <translation>类别名称最长 {most} 个字符</translation>
    </message>
    <message>
        <source>must be readable</source>
        <translation>必须可以读取</translation>
    </message>
    <message>
        <source>something else</source>
        <translation>其他内容</translation>
    </message>
    <message>
        <source>must hold a sub-folder for each class</source>
        <translation>每个类别必须有一个子文件夹</translation>
    </message>
    <message>
        <source>must have its labels in an IDX file beside it</source>
        <translation>旁边必须有它的 IDX 标签文件</translation>
    </message>
    <message>
        <source>{count} such files</source>
        <translation>{count} 个这样的文件</translation>
    </message>
    <message>
        <source>must hold the {total:,} values that its header names</source>
        <translation>必须有文件头声明的 {total:,} 个值</translation>
    </message>
    <message>
        <source>must have a label for each of the {count:,} pictures of {name}</source>
        <translation>{name} 的 {count:,} 张图片必须各有一个标签</translation>
    </message>
    <message>
        <source>must hold at most {most:,} samples</source>
        <translation>最多可有 {most:,} 个样本</translation>
    </message>
    <message>
        <source>must hold pictures of at most {most:,} pixels</source>
        <translation>图片的像素数最多为 {most:,}</translation>
    </message>
    <message>
        <source>must hold at most {most:,} values</source>
        <translation>最多可有 {most:,} 个值</translation>
    </message>
    <message>
        <source>must end after the {total:,} values its header names</source>
        <translation>必须在文件头声明的 {total:,} 个值之后结束</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>must be an IDX file of {what} ({axes} axes of unsigned bytes)</source>
        <translation>必须是{what}的 IDX 文件（{axes} 个维度的无符号字节）</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>{count:,} labels</source>
        <translation>{count:,} 个标签</translation>
    </message>
    <message>
        <source>a file too short for {most:,}</source>
        <translation>文件太短，不够 {most:,} 个</translation>
    </message>
    <message>
        <source>more</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>must have a whole header</source>
        <translation>文件头必须完整</translation>
    </message>
    <message>
        <source>must hold {what}</source>
        <translation>其中必须有{what}</translation>
    </message>
    <message>
        <source>must be a whole gzip file</source>
        <translation>必须是完整的 gzip 文件</translation>
    </message>
    <message>
        <source>{count} axes</source>
        <translation>{count} 个维度</translation>
    </message>
    <message>
        <source>must be {names}, a folder or an IDX file</source>
        <translation>必须是 {names}、文件夹或 IDX 文件</translation>
    </message>
    <message>
        <source>must be a folder or a file</source>
        <translation>必须是文件夹或文件</translation>
    </message>
    <message>
        <source>must have one IDX file of pictures, or name the file</source>
        <translation>必须只有一个 IDX 图片文件，否则请指明是哪个</translation>
    </message>
    <message>
        <source>must fit into memory, beside what else runs</source>
        <translation>必须能与其他程序一起装入内存</translation>
    </message>
    <message>
        <source>options are {names}</source>
        <translation>选项有 {names}</translation>
    </message>
    <message>
        <source>{name} must be a whole number from {least} to {most:,}</source>
        <translation>{name} 必须是 {least} 到 {most:,} 的整数</translation>
    </message>
    <message>
        <source>data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>must have more than the {count:,} samples that are held out</source>
        <translation>样本数必须多于留出的 {count:,} 个</translation>
    </message>
    <message>
        <source>must be one of {folder}</source>
        <translation>必须是 {folder} 中的一个</translation>
    </message>
    <message>
        <source>must not be there already</source>
        <translation>必须尚不存在</translation>
    </message>
    <message>
        <source>no such class</source>
        <translation>没有这个类别</translation>
    </message>
    <message>
        <source>must have a name that no other class has</source>
        <translation>名称不能与其他类别相同</translation>
    </message>
    <message>
        <source>must be a sample of {folder}</source>
        <translation>必须是 {folder} 中的样本</translation>
    </message>
    <message>
        <source>validation share</source>
        <translation>验证比例</translation>
    </message>
    <message>
        <source>must be at least 0 and below 1</source>
        <translation>必须大于等于 0 且小于 1</translation>
    </message>
    <message>
        <source>the last layer must give one number per class: let it end with Flatten and Linear</source>
        <translation>最后一层必须给每个类别一个数：请以 Flatten 和 Linear 结尾</translation>
    </message>
    <message>
        <source>maps {shape}</source>
        <translation>特征图 {shape}</translation>
    </message>
    <message>
        <source>must have a layer with weights that is not frozen and reaches the output</source>
        <translation>必须有一个未冻结、带权重并通向输出的层</translation>
    </message>
    <message>
        <source>must hold numbered pictures alone (1.png, 2.png, ...) to be a clip</source>
        <translation>必须只含编号的图片（1.png、2.png……）才是短片</translation>
    </message>
    <message>
        <source>must hold images (png, jpg, ...) or videos (mp4, ...) in its sub-folders</source>
        <translation>子文件夹中必须有图像（png、jpg……）或视频（mp4……）</translation>
    </message>
    <message>
        <source>must be an image (png, jpg, ...) or a video (mp4, ...) to be learnt from</source>
        <translation>必须是图像（png、jpg……）或视频（mp4……）才能用于学习</translation>
    </message>
    <message>
        <source>a batch of {count}</source>
        <translation>一批 {count} 个样本</translation>
    </message>
    <message>
        <source>must fit in memory with all that is kept for learning: take a smaller batch</source>
        <translation>连同学习所需保存的内容必须放得进内存：请减小批大小</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <translation>设备或资源正被占用</translation>
    </message>
    <message>
        <source>Connection aborted</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <translation>连接被对方重置</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>超出磁盘配额</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>文件已存在</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>文件太大</translation>
    </message>
    <message>
        <source>No route to host</source>
        <translation>无法到达主机</translation>
    </message>
    <message>
        <source>Invalid argument</source>
        <translation>参数无效</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>输入输出错误</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>是文件夹</translation>
    </message>
    <message>
        <source>Too many levels of symbolic links</source>
        <translation>符号链接层数太多</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>打开的文件太多</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>文件名太长</translation>
    </message>
    <message>
        <source>Network is unreachable</source>
        <translation>网络不可达</translation>
    </message>
    <message>
        <source>No such device</source>
        <translation>没有这个设备</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>不是文件夹</translation>
    </message>
    <message>
        <source>Directory not empty</source>
        <translation>文件夹不是空的</translation>
    </message>
    <message>
        <source>No such device or address</source>
        <translation>没有这个设备或地址</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>不允许此操作</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>文件系统是只读的</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <translation>连接超时</translation>
    </message>
    <message>
        <source>must have {size} MB free for recording</source>
        <translation>录像需要 {size} MB 可用空间</translation>
    </message>
    <message>
        <source>must be a file that can be written</source>
        <translation>必须是可以写入的文件</translation>
    </message>
    <message>
        <source>must be a folder that can be written to, with room for a snapshot</source>
        <translation>必须是可以写入的文件夹，并有空间存放快照</translation>
    </message>
    <message>
        <source>was cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>must end in {json} or {safetensors}</source>
        <translation>必须以 {json} 或 {safetensors} 结尾</translation>
    </message>
    <message>
        <source>{bytes:,} bytes</source>
        <translation>{bytes:,} 字节</translation>
    </message>
    <message>
        <source>must have weights to write; a description alone is .json</source>
        <translation>必须有权重才能写入；仅网络结构请存为 .json</translation>
    </message>
    <message>
        <source>must have no problems to be saved with weights; save it as .json</source>
        <translation>没有问题的网络才能连同权重保存；请存为 .json</translation>
    </message>
    <message>
        <source>byte {byte} at {place}</source>
        <translation>位置 {place} 处的字节 {byte}</translation>
    </message>
    <message>
        <source>must hold a network under the metadata key &quot;{key}&quot;</source>
        <translation>元数据键“{key}”下必须有网络</translation>
    </message>
    <message>
        <source>{count:,} that are not</source>
        <translation>{count:,} 个不是</translation>
    </message>
    <message>
        <source>must be a text in UTF-8</source>
        <translation>必须是 UTF-8 文本</translation>
    </message>
    <message>
        <source>must fit into memory</source>
        <translation>必须放得进内存</translation>
    </message>
    <message>
        <source>a single number</source>
        <translation>单个数</translation>
    </message>
    <message>
        <source>no suffix</source>
        <translation>没有扩展名</translation>
    </message>
    <message>
        <source>must be among the tensors</source>
        <translation>必须在张量之中</translation>
    </message>
    <message>
        <source>must be float32</source>
        <translation>必须是 float32</translation>
    </message>
    <message>
        <source>must have the shape {shape}</source>
        <translation>形状必须是 {shape}</translation>
    </message>
    <message>
        <source>must not be there: the network has no such parameter</source>
        <translation>不应存在：网络没有这个参数</translation>
    </message>
    <message>
        <source>must hold only finite numbers</source>
        <translation>只能有有限的数</translation>
    </message>
    <message>
        <source>must not be negative</source>
        <translation>不能为负</translation>
    </message>
    <message>
        <source>must be one of {keys}, or a file that ends in {json} or {safetensors}</source>
        <translation>必须是 {keys} 之一，或以 {json} 或 {safetensors} 结尾的文件</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>must be a safetensors file</source>
        <translation>必须是 safetensors 文件</translation>
    </message>
    <message>
        <source>one that is cut off</source>
        <translation>被截断了</translation>
    </message>
    <message>
        <source>must be a safetensors file with a header of at most {most:,} bytes</source>
        <translation>必须是 safetensors 文件，文件头最长 {most:,} 字节</translation>
    </message>
    <message>
        <source>must have no problems to be trained</source>
        <translation>没有问题才能训练</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>needs samples to learn from</source>
        <translation>需要样本才能学习</translation>
    </message>
    <message>
        <source>must be a folder that may be written</source>
        <translation>必须是可以写入的文件夹</translation>
    </message>
    <message>
        <source>must be a file that may be written</source>
        <translation>必须是可以写入的文件</translation>
    </message>
    <message>
        <source>an error</source>
        <translation>出错</translation>
    </message>
    <message>
        <source>an image may have at most {most:,} pixels</source>
        <translation>图片最多可有 {most:,} 个像素</translation>
    </message>
    <message>
        <source>must be a whole image of a known kind</source>
        <translation>必须是格式已知的完整图片</translation>
    </message>
    <message>
        <source>an image file may have at most {most:,} bytes</source>
        <translation>图片文件最大 {most:,} 字节</translation>
    </message>
    <message>
        <source>an image must have content</source>
        <translation>图片必须有内容</translation>
    </message>
    <message>
        <source>must be a whole image</source>
        <translation>必须是完整的图片</translation>
    </message>
    <message>
        <source>needs a picture and a network that runs</source>
        <translation>需要画面和正在运行的网络</translation>
    </message>
    <message>
        <source>at most {most} may wait for the disk</source>
        <translation>最多可有 {most} 个等待写入磁盘</translation>
    </message>
    <message>
        <source>snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>must go on sending</source>
        <translation>必须持续传送</translation>
    </message>
    <message>
        <source>must hold at least one picture</source>
        <translation>必须至少有一幅画面</translation>
    </message>
    <message>
        <source>too little of it</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>must give new pictures to record</source>
        <translation>必须给出新的画面才能采集</translation>
    </message>
    <message>
        <source>could not be opened</source>
        <translation>无法打开</translation>
    </message>
    <message>
        <source>a defect of the program</source>
        <translation>程序的缺陷</translation>
    </message>
    <message>
        <source>must be of the classes that are learned</source>
        <translation>必须属于所学的类别</translation>
    </message>
    <message>
        <source>{share} of {basis}</source>
        <translation>{share}（{basis}）</translation>
    </message>
    <message>
        <source>{count:,} samples given to test it, {when}</source>
        <translation>{when}的 {count:,} 个测试样本</translation>
    </message>
    <message>
        <source>after epoch {epoch:g}</source>
        <translation>第 {epoch:g} 轮后</translation>
    </message>
    <message>
        <source>Best weights: {worth}</source>
        <translation>最好的权重：{worth}</translation>
    </message>
    <message>
        <source>before training</source>
        <translation>训练前</translation>
    </message>
    <message>
        <source>The first weights are kept: nothing was measured</source>
        <translation>保留最初的权重：没有测量过</translation>
    </message>
    <message>
        <source>The first weights are kept, for none that were measured later did better: {worth}</source>
        <translation>保留最初的权重，因为之后测量的都没有更好：{worth}</translation>
    </message>
    <message>
        <source>{count:,} samples kept apart, {when}</source>
        <translation>{when}的 {count:,} 个留出样本</translation>
    </message>
    <message>
        <source>{count:,} samples that it learns from, {when}</source>
        <translation>{when}的 {count:,} 个学习用样本</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>momentum</source>
        <translation>动量</translation>
    </message>
    <message>
        <source>weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>warmup epochs</source>
        <translation>预热轮数</translation>
    </message>
    <message>
        <source>clip norm</source>
        <translation>梯度裁剪</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>shift</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>cutout</source>
        <translation>遮挡</translation>
    </message>
    <message>
        <source>use batches of {count}</source>
        <translation>请把批大小改为 {count}</translation>
    </message>
    <message>
        <source>make the network or its input smaller</source>
        <translation>请缩小网络或它的输入</translation>
    </message>
    <message>
        <source>must take at most {room:.1f} GB, half of this machine&apos;s memory: {mend}</source>
        <translation>最多可占用 {room:.1f} GB，即本机内存的一半：{mend}</translation>
    </message>
    <message>
        <source>{needed:.1f} GB for a batch of {count}</source>
        <translation>批大小 {count} 需要 {needed:.1f} GB</translation>
    </message>
    <message>
        <source>must have two samples or more to learn from</source>
        <translation>必须有两个以上的样本才能学习</translation>
    </message>
    <message>
        <source>must have samples of two classes or more, to be told apart</source>
        <translation>必须有两个以上类别的样本才能区分</translation>
    </message>
    <message>
        <source>must have at most {most:,} classes</source>
        <translation>最多可有 {most:,} 个类别</translation>
    </message>
    <message>
        <source>each class must have samples: add some, or remove it</source>
        <translation>每个类别都必须有样本：请添加样本，或删除该类别</translation>
    </message>
    <message>
        <source>must put out {count} numbers, one for each class; it can be mended to do so</source>
        <translation>必须输出 {count} 个数，每个类别一个；可以自动修正</translation>
    </message>
    <message>
        <source>must be a number from {least:.12g} to {most:.12g}</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的数</translation>
    </message>
    <message>
        <source>only {name}</source>
        <translation>只有 {name}</translation>
    </message>
    <message>
        <source>none of {names}</source>
        <translation>没有 {names} 的样本</translation>
    </message>
    <message>
        <source>one</source>
        <translation>一个</translation>
    </message>
    <message>
        <source>must hold the run of that name</source>
        <translation>其中必须是同名的训练记录</translation>
    </message>
    <message>
        <source>must be there to be deleted or brought back</source>
        <translation>必须存在才能删除或恢复</translation>
    </message>
    <message>
        <source>The first weights are back</source>
        <translation>已恢复最初的权重</translation>
    </message>
    <message>
        <source>its numbers grew beyond all bounds in batch {batch} at a learning rate of {rate:g}. {back}; try a lower rate, such as {lower:g}</source>
        <translation>学习率为 {rate:g} 时，它的数值在第 {batch} 批超出了一切界限。{back}；请试试更低的学习率，例如 {lower:g}</translation>
    </message>
    <message>
        <source>The weights of epoch {epoch:g} are back</source>
        <translation>已恢复第 {epoch:g} 轮的权重</translation>
    </message>
    <message>
        <source>must fit into memory with its samples</source>
        <translation>连同样本必须放得进内存</translation>
    </message>
    <message>
        <source>the weights are no longer numbers</source>
        <translation>权重出现了非数值</translation>
    </message>
    <message>
        <source>too little memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>must be a text of 1 to {most} characters in one line</source>
        <translation>必须是一行 1 到 {most} 个字符的文本</translation>
    </message>
    <message>
        <source>must be at most {most} layers</source>
        <translation>最多可有 {most} 个层</translation>
    </message>
    <message>
        <source>must be at most {most} names</source>
        <translation>最多可有 {most} 个名称</translation>
    </message>
    <message>
        <source>must be 3 (RGB) or 1 (grey)</source>
        <translation>必须是 3（RGB）或 1（灰度）</translation>
    </message>
    <message>
        <source>must be 1 to 64 letters, digits, _ or -, not beginning with -</source>
        <translation>必须是 1 到 64 个字母、数字、_ 或 -，且不以 - 开头</translation>
    </message>
    <message>
        <source>each must be a text of 1 to {most} characters in one line</source>
        <translation>每一个必须是一行 1 到 {most} 个字符的文本</translation>
    </message>
    <message>
        <source>must be one number per channel, {count} in all</source>
        <translation>每个通道必须有一个数，共 {count} 个</translation>
    </message>
    <message>
        <source>must not be &quot;{name}&quot;, the name of what the network reads</source>
        <translation>不能是“{name}”，这是网络输入的名称</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的整数</translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation>必须是 true 或 false</translation>
    </message>
    <message>
        <source>must be one of {choices}</source>
        <translation>必须是 {choices} 之一</translation>
    </message>
    <message>
        <source>must be waited for</source>
        <translation>必须等待</translation>
    </message>
    <message>
        <source>the order to stop</source>
        <translation>停止的命令</translation>
    </message>
    <message>
        <source>must be open</source>
        <translation>必须是打开的</translation>
    </message>
    <message>
        <source>a closed one</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>a chunk&apos;s length of {length}</source>
        <translation>分块长度为 {length}</translation>
    </message>
    <message>
        <source>a chunk&apos;s length in more than {most} bytes</source>
        <translation>分块长度占用超过 {most} 字节</translation>
    </message>
    <message>
        <source>may only send on to http and https</source>
        <translation>只能重定向到 http 和 https</translation>
    </message>
    <message>
        <source>may send on {most} times</source>
        <translation>最多可重定向 {most} 次</translation>
    </message>
    <message>
        <source>a header of more than {most} bytes</source>
        <translation>超过 {most} 字节的标头</translation>
    </message>
    <message>
        <source>{count} other files and folders: {names}</source>
        <translation>另有 {count} 个文件和文件夹：{names}</translation>
    </message>
    <message>
        <source>of a folder only the images that lie in it itself are shown</source>
        <translation>只显示直接放在文件夹里的图片</translation>
    </message>
    <message>
        <source>pictures of a stream must be whole</source>
        <translation>视频流的图片必须完整</translation>
    </message>
    <message>
        <source>{count} that cannot be read and were left out so far</source>
        <translation>目前已有 {count} 张无法读取而被略过</translation>
    </message>
    <message>
        <source>pictures that cannot be read: {why}</source>
        <translation>无法读取的图片：{why}</translation>
    </message>
    <message>
        <source>must go on sending pictures</source>
        <translation>必须继续发送图片</translation>
    </message>
    <message>
        <source>no boundary within {most} bytes</source>
        <translation>{most} 字节内没有分隔符</translation>
    </message>
    <message>
        <source>must be in a codec that can be decoded here</source>
        <translation>必须使用本机可以解码的编码</translation>
    </message>
    <message>
        <source>must be short enough, and a file, for its frames to be counted</source>
        <translation>必须是足够短的文件，才能逐帧计数</translation>
    </message>
    <message>
        <source>another one: frames are found by the nominal rate, a few may be missed</source>
        <translation>不是这样：帧按标称帧率定位，可能相差几帧</translation>
    </message>
    <message>
        <source>frame {number} must be found within {most:g} s</source>
        <translation>必须在 {most:g} 秒内找到第 {number} 帧</translation>
    </message>
    <message>
        <source>HTTP {status} from the proxy</source>
        <translation>代理返回 HTTP {status}</translation>
    </message>
    <message>
        <source>frame {number}, shown in its place</source>
        <translation>第 {number} 帧，代替它显示</translation>
    </message>
    <message>
        <source>must be a film of whole frames to be converted here</source>
        <translation>必须是逐行的视频，才能在此转换</translation>
    </message>
    <message>
        <source>an interlaced one</source>
        <translation>隔行扫描的视频</translation>
    </message>
    <message>
        <source>must lie in the folder of a class to be learnt from</source>
        <translation>必须放在某个类别的文件夹里才能用于学习</translation>
    </message>
    <message>
        <source>{count} images beside the classes</source>
        <translation>类别之外的 {count} 张图片</translation>
    </message>
    <message>
        <source>{count} files named {suffix}</source>
        <translation>{count} 个 {suffix} 文件</translation>
    </message>
    <message>
        <source>a folder with {count} images</source>
        <translation>含 {count} 张图片的文件夹</translation>
    </message>
    <message>
        <source>so</source>
        <translation>此类</translation>
    </message>
    <message>
        <source>a clip must have more than one frame</source>
        <translation>短片必须多于一帧</translation>
    </message>
    <message>
        <source>a clip&apos;s pictures must all have one size</source>
        <translation>一个短片的图片大小必须全部相同</translation>
    </message>
    <message>
        <source>must have the pictures that it had when it was opened</source>
        <translation>必须仍有打开时的那些图片</translation>
    </message>
    <message>
        <source>{name} differs</source>
        <translation>{name} 不同</translation>
    </message>
    <message>
        <source>must have the frames that it had when it was opened</source>
        <translation>必须仍有打开时的那些帧</translation>
    </message>
    <message>
        <source>fewer</source>
        <translation>更少</translation>
    </message>
    <message>
        <source>has weights of its own that are no longer kept: draw new ones</source>
        <translation>它自己的权重已不再保留：请重新初始化</translation>
    </message>
    <message>
        <source>{thing}: {fault}</source>
        <translation>{thing}：{fault}</translation>
    </message>
    <message>
        <source>{rule}, got {got}</source>
        <translation>{rule}（实际：{got}）</translation>
    </message>
    <message>
        <source>must have a codec that this OpenCV can write</source>
        <translation>必须有此 OpenCV 能写入的编码</translation>
    </message>
    <message>
        <source>a recording</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>none that works</source>
        <translation>没有可用的</translation>
    </message>
    <message>
        <source>must have room for the recording&apos;s next pictures</source>
        <translation>必须有空间存放接下来要录制的画面</translation>
    </message>
    <message>
        <source>{count} of them</source>
        <translation>其中 {count} 张</translation>
    </message>
    <message>
        <source>must fit into the {free:,} MB of memory that are free</source>
        <translation>必须放得进 {free:,} MB 空闲内存</translation>
    </message>
    <message>
        <source>must be a JPEG or PNG, or the package pillow-heif be installed</source>
        <translation>必须是 JPEG 或 PNG，否则需要安装 pillow-heif 软件包</translation>
    </message>
    <message>
        <source>an HEIC picture</source>
        <translation>HEIC 图片</translation>
    </message>
    <message>
        <source>must be loaded with the system&apos;s libraries</source>
        <translation>必须能连同系统的库一起载入</translation>
    </message>
    <message>
        <source>must have at least {count} frames for this network</source>
        <translation>至少要有 {count} 帧才够这个网络使用</translation>
    </message>
    <message>
        <source>must last {seconds:.3g} s for this network to see enough</source>
        <translation>必须持续 {seconds:.3g} 秒，这个网络才能看够</translation>
    </message>
    <message>
        <source>a clip may have at most {most:,} frames</source>
        <translation>一个短片最多可有 {most:,} 帧</translation>
    </message>
    <message>
        <source>clip</source>
        <translation>短片</translation>
    </message>
    <message>
        <source>more, as far as the input reaches</source>
        <translation>更多，按输入所及的长度</translation>
    </message>
    <message>
        <source>the network wants {rate:.3g} frames a second</source>
        <translation>网络要求每秒 {rate:.3g} 帧</translation>
    </message>
    <message>
        <source>fewer: some are seen twice</source>
        <translation>更少：有些帧会被看到两次</translation>
    </message>
    <message>
        <source>must give its frames again when it begins anew</source>
        <translation>重新开始时必须再次给出画面</translation>
    </message>
    <message>
        <source>{rate:.3g}: some are seen twice</source>
        <translation>{rate:.3g}：有些帧会被看到两次</translation>
    </message>
    <message>
        <source>must have the right name and password, as in http://name:password@camera</source>
        <translation>必须带有正确的用户名和密码，例如 http://name:password@camera</translation>
    </message>
    <message>
        <source>may have at most {most:,} frames to learn from</source>
        <translation>用于学习时最多只能有 {most:,} 帧</translation>
    </message>
    <message>
        <source>more, which are left out</source>
        <translation>更多，多出的帧不使用</translation>
    </message>
    <message>
        <source>must be a list of clips</source>
        <translation>必须是短片列表</translation>
    </message>
    <message>
        <source>{count:,} MB of weights</source>
        <translation>{count:,} MB 权重</translation>
    </message>
    <message>
        <source>needs {count} frames</source>
        <translation>需要 {count} 帧</translation>
    </message>
    <message>
        <source>{count} so far</source>
        <translation>目前 {count} 帧</translation>
    </message>
    <message>
        <source>has no parameter {name}</source>
        <translation>没有参数 {name}</translation>
    </message>
    <message>
        <source>must be a number</source>
        <translation>必须是数字</translation>
    </message>
    <message>
        <source>has no such place</source>
        <translation>没有这个位置</translation>
    </message>
    <message>
        <source>Overfitting: since epoch {since:.4g} the loss on samples kept apart has risen from {apart_then:.3g} to {apart_now:.3g}, while in training it fell from {then:.3g} to {now:.3g}. The weights of epoch {kept:.4g} are kept. More samples, augmentation or dropout help.</source>
        <translation>过拟合：从第 {since:.4g} 轮起，留出样本上的损失从 {apart_then:.3g} 升到 {apart_now:.3g}，而训练中的损失从 {then:.3g} 降到 {now:.3g}。保留的是第 {kept:.4g} 轮的权重。更多样本、数据增强或 Dropout 会有帮助。</translation>
    </message>
    <message>
        <source>Nothing that was measured did better than the first weights: they are kept.</source>
        <translation>测量过的权重都不比最初的好：保留最初的权重。</translation>
    </message>
    <message>
        <source>{classes}: all samples are of one recording. Those kept apart look like those it learns from, and the accuracy on them flatters. Record such a class a second time.</source>
        <translation>{classes}：所有样本都来自同一次录制。留出的样本与用来学习的样本很像，其准确率偏高。请把这样的类再录一次。</translation>
    </message>
    <message>
        <source>Nothing better was measured for {patience} epochs, so it ended after epoch {epoch:g}, before the last.</source>
        <translation>{patience} 轮没有测得更好的结果，因此在第 {epoch:g} 轮后提前结束。</translation>
    </message>
    <message>
        <source>The learning rate is too large: the loss went from {first:.3g} to {now:.3g}. Go back to the first weights and take a smaller rate, such as {rate:g}.</source>
        <translation>学习率太大：损失从 {first:.3g} 变到 {now:.3g}。请回到最初的权重，改用更小的学习率，例如 {rate:g}。</translation>
    </message>
    <message>
        <source>The learning rate is too small: a step changes the weights by {step:.1g} of their length, and the loss stays where it was, at {now:.3g}. Try {rate:g}.</source>
        <translation>学习率太小：一步只改变权重长度的 {step:.1g}，损失停在原处 {now:.3g}。请试试 {rate:g}。</translation>
    </message>
    <message>
        <source>The loss does not fall, from {first:.3g} to {now:.3g}, although the weights change. Do the samples show what their classes differ in? Is the network large enough?</source>
        <translation>权重在变，损失却没有下降：从 {first:.3g} 到 {now:.3g}。样本是否显示出各类的差别？网络是否够大？</translation>
    </message>
    <message>
        <source>{layers}: values are no longer numbers. The training has stopped; the best weights are kept. Try a smaller learning rate.</source>
        <translation>{layers}：数值已不再是数。训练已停止，保留了最好的权重。请试试更小的学习率。</translation>
    </message>
    <message>
        <source>{layers}: a step changes too much of it. Try a smaller learning rate, or clipping.</source>
        <translation>{layers}：一步改变得太多。请试试更小的学习率或梯度裁剪。</translation>
    </message>
    <message>
        <source>{layers}: gradients reached it at first, and do not any more. Go back to the first weights and take a smaller learning rate.</source>
        <translation>{layers}：起初有梯度到达，现在没有了。请回到最初的权重，改用更小的学习率。</translation>
    </message>
    <message>
        <source>{layers}: hardly learns, gradients vanish on their way to it. Try ReLU instead of Sigmoid or Tanh, or BatchNorm2d.</source>
        <translation>{layers}：几乎学不到东西，梯度在途中消失。请试试用 ReLU 代替 Sigmoid 或 Tanh，或加 BatchNorm2d。</translation>
    </message>
    <message>
        <source>{layer}: {idle} of {units} units give the same whatever they read: they are saturated, or 0, for every sample. Nothing before them can learn.</source>
        <translation>{layer}：{units} 个单元中有 {idle} 个不管读到什么都给出同样的值：对每个样本都已饱和或为 0。它们之前的层都学不到东西。</translation>
    </message>
    <message>
        <source>The network sees one frame at a time: it learns from the middle one of each clip, and sees no motion. Give its input more frames.</source>
        <translation>网络一次只看一帧：它从每个短片的中间一帧学习，看不到运动。请给它的输入更多帧。</translation>
    </message>
    <message>
        <source>The network sees {frames} frames at once, and the samples are still pictures: each is repeated, and nothing moves. Record clips, or give the input one frame.</source>
        <translation>网络一次看 {frames} 帧，而样本是静止图片：每张图片都被重复，没有任何运动。请录制短片，或把输入设为一帧。</translation>
    </message>
    <message>
        <source>Some clips are shorter than the input reaches: their first frame stands still before them. Record them anew, or take fewer frames or smaller steps.</source>
        <translation>有些短片比输入所及的时间短：前面以其第一帧静止补足。请重新录制，或减少帧数，或减小间隔。</translation>
    </message>
    <message>
        <source>Clips are flipped in half of the cases: what moves left then moves right. Do not flip where directions are learned.</source>
        <translation>有一半的短片被左右翻转：向左的运动会变成向右。学习方向时请不要翻转。</translation>
    </message>
    <message>
        <source>each {rule}</source>
        <translation>每一个{rule}</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, or two (height, width)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数，或两个（高、宽）</translation>
    </message>
    <message>
        <source>must be a number from {least:.12g} to {most:.12g}, or two (height, width)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个数，或两个（高、宽）</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, two (height, width), four (left, right, top, bottom), same or valid</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数、两个（高、宽）、四个（左、右、上、下），或 same、valid</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, or four (left, right, top, bottom)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数，或四个（左、右、上、下）</translation>
    </message>
    <message>
        <source>must be a number from {least:.12g} to {most:.12g}, or {counts} of them</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的数，或者 {counts} 个这样的数</translation>
    </message>
    <message>
        <source>must not be a name that Windows keeps for a device</source>
        <translation>不能是 Windows 为设备保留的名称</translation>
    </message>
    <message>
        <source>must differ from every other layer&apos;s, not only in capital letters</source>
        <translation>必须与其他层的都不同，不能只有大小写之分</translation>
    </message>
    <message>
        <source>{layer} again</source>
        <translation>又是 {layer}</translation>
    </message>
    <message>
        <source>{thing}: {place}</source>
        <translation>{thing}：{place}</translation>
    </message>
    <message>
        <source>must be a text</source>
        <translation>必须是文本</translation>
    </message>
    <message>
        <source>must be a whole number</source>
        <translation>必须是整数</translation>
    </message>
    <message>
        <source>must be a list</source>
        <translation>必须是列表</translation>
    </message>
    <message>
        <source>must be a JSON object</source>
        <translation>必须是 JSON 对象</translation>
    </message>
    <message>
        <source>must be at most {most:,} characters</source>
        <translation>最长 {most:,} 个字符</translation>
    </message>
    <message>
        <source>must be &quot;{format}&quot;</source>
        <translation>必须是“{format}”</translation>
    </message>
    <message>
        <source>must be at most {most}, the newest that this program reads</source>
        <translation>最大 {most}，这是本程序能读取的最新版本</translation>
    </message>
    <message>
        <source>must be a type of layer, such as {types}</source>
        <translation>必须是层的类型，例如 {types}</translation>
    </message>
    <message>
        <source>{fault} at line {line}, column {column}</source>
        <translation>第 {line} 行第 {column} 列{fault}</translation>
    </message>
    <message>
        <source>a number of more digits than can be read</source>
        <translation>数字的位数太多，无法读取</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>没有值</translation>
    </message>
    <message>
        <source>no key in double quotes</source>
        <translation>没有带双引号的键</translation>
    </message>
    <message>
        <source>no comma</source>
        <translation>没有逗号</translation>
    </message>
    <message>
        <source>no colon</source>
        <translation>没有冒号</translation>
    </message>
    <message>
        <source>something behind its end</source>
        <translation>结尾之后还有内容</translation>
    </message>
    <message>
        <source>a text without an end</source>
        <translation>文本没有结束</translation>
    </message>
    <message>
        <source>a fault</source>
        <translation>有错误</translation>
    </message>
    <message>
        <source>must be a whole number from 1</source>
        <translation>必须是从 1 起的整数</translation>
    </message>
    <message>
        <source>must be at most {most}</source>
        <translation>最多 {most}</translation>
    </message>
    <message>
        <source>must not repeat a key</source>
        <translation>键不能重复</translation>
    </message>
    <message>
        <source>must not be nested that deeply</source>
        <translation>嵌套不能这么深</translation>
    </message>
    <message>
        <source>must be JSON</source>
        <translation>必须是 JSON</translation>
    </message>
    <message>
        <source>must be a list of ids</source>
        <translation>必须是 id 的列表</translation>
    </message>
    <message>
        <source>must have no keys but {keys}</source>
        <translation>除 {keys} 外不能有其他键</translation>
    </message>
    <message>
        <source>must be 1 or the {count} channels it reads</source>
        <translation>必须是 1，或它读取的 {count} 个通道</translation>
    </message>
    <message>
        <source>must be above min_val {least:g}</source>
        <translation>必须大于 min_val {least:g}</translation>
    </message>
    <message>
        <source>a flat tensor of {size}</source>
        <translation>长度为 {size} 的一维张量</translation>
    </message>
    <message>
        <source>must read a flat tensor: add a Flatten before it</source>
        <translation>必须读取一维张量：请在前面添加 Flatten</translation>
    </message>
    <message>
        <source>{type} must read maps of several moments: give the input more frames</source>
        <translation>{type} 必须读取有几个时刻的特征图：请让输入有更多帧</translation>
    </message>
    <message>
        <source>{type} must read maps</source>
        <translation>{type} 必须读取特征图</translation>
    </message>
    <message>
        <source>must divide the {count} channels it reads</source>
        <translation>必须能整除它读取的 {count} 个通道</translation>
    </message>
    <message>
        <source>must divide the {count} out_channels</source>
        <translation>必须能整除 out_channels（{count}）</translation>
    </message>
    <message>
        <source>same needs a stride of 1</source>
        <translation>same 要求 stride 为 1</translation>
    </message>
    <message>
        <source>must leave something of the output {size}</source>
        <translation>必须让输出 {size} 有所剩余</translation>
    </message>
    <message>
        <source>must be smaller than stride or dilation</source>
        <translation>必须小于 stride 或 dilation</translation>
    </message>
    <message>
        <source>{these} and {this}</source>
        <translation>{these}和{this}</translation>
    </message>
    <message>
        <source>must all have as many channels</source>
        <translation>通道数必须都相同</translation>
    </message>
    <message>
        <source>must all have one height and width, or 1 there</source>
        <translation>高和宽必须都相同，或为 1</translation>
    </message>
    <message>
        <source>must all have one height and width</source>
        <translation>高和宽必须都相同</translation>
    </message>
    <message>
        <source>must all be maps of one moment, of several, or flat</source>
        <translation>必须都是单个时刻的特征图，都是几个时刻的，或都是一维的</translation>
    </message>
    <message>
        <source>must all have as many moments, one height and width, or 1 there</source>
        <translation>时刻数、高和宽必须都相同，或为 1</translation>
    </message>
    <message>
        <source>must all have as many moments and one height and width</source>
        <translation>时刻数、高和宽必须都相同</translation>
    </message>
    <message>
        <source>must be at most half the kernel {size}</source>
        <translation>最大是卷积核 {size} 的一半</translation>
    </message>
    <message>
        <source>must leave each window a value beside the padding</source>
        <translation>必须让每个窗口除填充外至少有一个值</translation>
    </message>
    <message>
        <source>must leave something of the {size} maps</source>
        <translation>必须让 {size} 的特征图有所剩余</translation>
    </message>
    <message>
        <source>must be smaller than the maps it mirrors, {size}</source>
        <translation>必须小于它所镜像的特征图 {size}</translation>
    </message>
    <message>
        <source>must not be given beside a scale_factor</source>
        <translation>不能与 scale_factor 同时给出</translation>
    </message>
    <message>
        <source>must be given where no size is</source>
        <translation>没有 size 时必须给出</translation>
    </message>
    <message>
        <source>must be whole numbers from 1, or -1 once for what is left</source>
        <translation>必须是从 1 起的整数，其中可有一个 -1 表示其余部分</translation>
    </message>
    <message>
        <source>must hold the {count:,} values it reads</source>
        <translation>必须正好放下它读取的 {count:,} 个值</translation>
    </message>
    <message>
        <source>must leave something of the {count} {dim}</source>
        <translation>必须从 {count} {dim} 中留下一部分</translation>
    </message>
    <message>
        <source>must be channels for a flat tensor</source>
        <translation>对一维张量必须是 channels</translation>
    </message>
    <message>
        <source>must be one whole number, three (channels, height, width) or four (channels, time, height, width), up to {most:.12g}</source>
        <translation>必须是一个整数、三个（通道、高、宽）或四个（通道、时间、高、宽），最大 {most:.12g}</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, or three (time, height, width)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数，或三个（时间、高、宽）</translation>
    </message>
    <message>
        <source>must be a number from {least:.12g} to {most:.12g}, or three (time, height, width)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个数，或三个（时间、高、宽）</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, three (time, height, width), six (left, right, top, bottom, first, last), same or valid</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数、三个（时间、高、宽）、六个（左、右、上、下、首、尾），或 same、valid</translation>
    </message>
    <message>
        <source>must be a whole number from {least:.12g} to {most:.12g}, or six (left, right, top, bottom, first, last)</source>
        <translation>必须是 {least:.12g} 到 {most:.12g} 的一个整数，或六个（左、右、上、下、首、尾）</translation>
    </message>
    <message>
        <source>needs the mode {mode}</source>
        <translation>要求 mode 为 {mode}</translation>
    </message>
    <message>
        <source>must be channels, rows or columns for maps of one moment</source>
        <translation>对单个时刻的特征图必须是 channels、rows 或 columns</translation>
    </message>
    <message>
        <source>must not be larger than its padded input {padded}</source>
        <translation>不能大于填充后的输入 {padded}</translation>
    </message>
    <message>
        <source>{size} dilated to {reach}</source>
        <translation>{size}，膨胀后为 {reach}</translation>
    </message>
    <message>
        <source>Add a Flatten before it</source>
        <translation>在它前面添加 Flatten</translation>
    </message>
    <message>
        <source>Give the input {count} frames</source>
        <translation>让输入有 {count} 帧</translation>
    </message>
    <message>
        <source>must reach over no more than {most:,} MB of frames, for which there is memory</source>
        <translation>所跨的帧最多可占 {most:,} MB，内存只够这些</translation>
    </message>
    <message>
        <source>must read one layer</source>
        <translation>必须读取一个层</translation>
    </message>
    <message>
        <source>must read {fewest} to {most} layers</source>
        <translation>必须读取 {fewest} 到 {most} 个层</translation>
    </message>
    <message>
        <source>{layer} itself</source>
        <translation>{layer} 自己</translation>
    </message>
    <message>
        <source>must name layers that come before it</source>
        <translation>必须是在它之前的层</translation>
    </message>
    <message>
        <source>{layer}, which comes after it</source>
        <translation>{layer}，在它之后</translation>
    </message>
    <message>
        <source>{layer}, which does not exist</source>
        <translation>{layer}，不存在</translation>
    </message>
    <message>
        <source>{words}</source>
        <translation>{words}</translation>
    </message>
    <message>
        <source>is for runs without a window: add {option}</source>
        <translation>只用于无窗口运行：请加上 {option}</translation>
    </message>
    <message>
        <source>is about a snapshot: add {option} DIR</source>
        <translation>只与快照有关：请加上 {option} DIR</translation>
    </message>
    <message>
        <source>must end in {suffix}</source>
        <translation>必须以 {suffix} 结尾</translation>
    </message>
    <message>
        <source>must not be given together with {option}</source>
        <translation>不能与 {option} 同时给出</translation>
    </message>
    <message>
        <source>must be below {count}, the channels of {layer}</source>
        <translation>必须小于 {layer} 的通道数 {count}</translation>
    </message>
    <message>
        <source>must be left out: {layer} is flat, its channel says it all</source>
        <translation>必须省略：{layer} 是一维的，通道号已经足够</translation>
    </message>
    <message>
        <source>must lie in the map of {layer}, {sizes}</source>
        <translation>必须在 {layer} 的特征图 {sizes} 之内</translation>
    </message>
    <message>
        <source>must have more frames before frame {frame}: the network sees several at once</source>
        <translation>第 {frame} 帧之前必须有更多帧：网络一次看多帧</translation>
    </message>
    <message>
        <source>must be one of {ids}</source>
        <translation>必须是 {ids} 之一</translation>
    </message>
    <message>
        <source>must be two whole numbers, down and right</source>
        <translation>必须是两个整数，向下和向右</translation>
    </message>
    <message>
        <source>must have a frame {frame}, counted from 0</source>
        <translation>必须有第 {frame} 帧（从 0 数起）</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} 帧</translation>
    </message>
    <message>
        <source>must be a folder that can be written to</source>
        <translation>必须是可以写入的文件夹</translation>
    </message>
    <message>
        <source>must leave the padded input with at most {most:,} values, for which there is memory</source>
        <translation>填充后的输入最多只能有 {most:,} 个值（受内存限制）</translation>
    </message>
    <message>
        <source>must give at most {most:,} values, for which there is memory</source>
        <translation>最多只能给出 {most:,} 个值（受内存限制）</translation>
    </message>
    <message>
        <source>maps and weights (twice) of all layers must fit into {most:,} MB, which is what the free memory allows</source>
        <translation>所有层的特征图和权重（按两份计）必须放得进 {most:,} MB，即空闲内存所允许的大小</translation>
    </message>
    <message>
        <source>{count:,} MB up to here</source>
        <translation>到此为止 {count:,} MB</translation>
    </message>
    <message>
        <source>must name layers of the network, such as {known}</source>
        <translation>必须是网络中各层的名称，例如 {known}</translation>
    </message>
    <message>
        <source>{rule}; what was learned is in {place}</source>
        <translation>{rule}；学到的内容保存在 {place}</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
    <message>
        <source>Enter compares a run with the others ticked</source>
        <translation>按回车键，与其他勾选的训练比较</translation>
    </message>
</context>
<context>
    <name>Runs</name>
    <message>
        <source>First weights of a run</source>
        <translation>某次训练的初始权重</translation>
    </message>
    <message>
        <source>Weights of a run</source>
        <translation>某次训练的权重</translation>
    </message>
</context>
<context>
    <name>RunsModel</name>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>{0}
{1}
{2}
{3}: {4}, {5} epochs done; {6} samples, {7} kept apart</source>
        <translation>{0}
{1}
{2}
{3}：{4}，已完成 {5} 轮；{6} 个样本，另留出 {7} 个</translation>
    </message>
</context>
<context>
    <name>RunsView</name>
    <message>
        <source>Take these weights</source>
        <translation>采用这些权重</translation>
    </message>
    <message>
        <source>Weights before training</source>
        <translation>训练前的权重</translation>
    </message>
    <message>
        <source>Curves as a table …</source>
        <translation>曲线存为表格…</translation>
    </message>
    <message>
        <source>Delete run</source>
        <translation>删除记录</translation>
    </message>
    <message>
        <source>Every training is kept here, to be compared with others.</source>
        <translation>每次训练都保存在这里，可以相互比较。</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
    <message>
        <source>Tick two or more to compare their curves</source>
        <translation>勾选两个或更多来比较曲线</translation>
    </message>
    <message>
        <source>Choose a run first</source>
        <translation>请先选择一条训练记录</translation>
    </message>
    <message>
        <source>This training has not ended</source>
        <translation>这次训练还没有结束</translation>
    </message>
    <message>
        <source>Give the network the best weights of this run</source>
        <translation>把这次训练得到的最好权重用于网络</translation>
    </message>
    <message>
        <source>Give the network the weights this run began with</source>
        <translation>把这次训练开始时的权重用于网络</translation>
    </message>
    <message>
        <source>Take this run from the list; undo brings it back</source>
        <translation>从列表中删除这条记录；撤销可以恢复</translation>
    </message>
    <message>
        <source>Write loss and accuracy of this run as a table (CSV)</source>
        <translation>把这次训练的损失和准确率写成表格（CSV）</translation>
    </message>
    <message>
        <source>Nothing was trained yet</source>
        <translation>还没有训练过</translation>
    </message>
</context>
<context>
    <name>SampleSources</name>
    <message>
        <source>Record my own</source>
        <translation>自己采集</translation>
    </message>
    <message>
        <source>Show the camera a few things and hold Record for each</source>
        <translation>用摄像头分别采集几样东西</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>图形</translation>
    </message>
    <message>
        <source>Circles, squares, stars and more, drawn by the program</source>
        <translation>由程序绘制的圆形、正方形、星形等</translation>
    </message>
    <message>
        <source>Shapes on paper</source>
        <translation>纸上的图形</translation>
    </message>
    <message>
        <source>The same as a camera sees them on paper: harder, it takes many samples</source>
        <translation>同样的图形，如同摄像头看到的纸上的样子：更难，需要很多样本</translation>
    </message>
    <message>
        <source>Drawn digits</source>
        <translation>绘制的数字</translation>
    </message>
    <message>
        <source>0 to 9 in the fonts at hand, drawn by the program</source>
        <translation>由程序用现有字体绘制的 0 到 9</translation>
    </message>
    <message>
        <source>Motions</source>
        <translation>动作</translation>
    </message>
    <message>
        <source>Short clips of things that move left, in circles, nearer and more, drawn</source>
        <translation>程序绘制的短片：物体向左、绕圈、靠近等</translation>
    </message>
    <message>
        <source>Folder of pictures or videos…</source>
        <translation>图片或视频文件夹…</translation>
    </message>
    <message>
        <source>With one sub-folder for each class</source>
        <translation>每个类别一个子文件夹</translation>
    </message>
    <message>
        <source>MNIST files (IDX)…</source>
        <translation>MNIST 文件（IDX）…</translation>
    </message>
    <message>
        <source>A file of images with its file of labels beside it, plain or .gz</source>
        <translation>图像文件，旁边有对应的标签文件；可以是 .gz 压缩的</translation>
    </message>
    <message>
        <source>New collection</source>
        <translation>新建样本集</translation>
    </message>
    <message>
        <source>Begin anew; what was recorded stays where it is</source>
        <translation>重新开始；已采集的样本留在原处</translation>
    </message>
    <message>
        <source>Record in another folder…</source>
        <translation>采集到其他文件夹…</translation>
    </message>
    <message>
        <source>Go on with a collection, or choose where a new one is kept</source>
        <translation>继续已有的样本集，或选择新样本集的位置</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Folder to record samples in</source>
        <translation>保存样本的文件夹</translation>
    </message>
    <message>
        <source>Folder with one sub-folder of pictures for each class</source>
        <translation>图片文件夹，每个类别一个子文件夹</translation>
    </message>
    <message>
        <source>IDX files ({0})</source>
        <translation>IDX 文件 ({0})</translation>
    </message>
    <message>
        <source>All files ({0})</source>
        <translation>所有文件 ({0})</translation>
    </message>
    <message>
        <source>IDX file of images</source>
        <translation>IDX 图像文件</translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>1 sample</source>
        <translation>1 个样本</translation>
    </message>
    <message>
        <source>{0} samples</source>
        <translation>{0} 个样本</translation>
    </message>
    <message>
        <source>1 class</source>
        <translation>1 个类别</translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation>{0} 个类别</translation>
    </message>
    <message>
        <source>{0} has no samples yet</source>
        <translation>{0} 还没有样本</translation>
    </message>
    <message>
        <source>A network needs at least two classes to tell apart</source>
        <translation>至少要有两个类别，网络才能学会区分</translation>
    </message>
    <message>
        <source>{0} has {1} times as many samples as {2}</source>
        <translation>{0} 的样本数是 {2} 的 {1} 倍</translation>
    </message>
    <message>
        <source>1 file could not be read</source>
        <translation>1 个文件无法读取</translation>
    </message>
    <message>
        <source>{0} files could not be read</source>
        <translation>{0} 个文件无法读取</translation>
    </message>
</context>
<context>
    <name>SamplesBoard</name>
    <message>
        <source>Classes: number keys record them</source>
        <translation>类别：按数字键录制</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>None
of these</source>
        <translation>以上
都不是</translation>
    </message>
    <message>
        <source>Add the class “none of these”</source>
        <translation>添加“都不是”类</translation>
    </message>
    <message>
        <source>Add a class for everything else: without one, a network must name one of its classes whatever it sees</source>
        <translation>为其他一切添加一个类：没有它，网络不管看到什么都必须说出某一类</translation>
    </message>
    <message>
        <source>none of these</source>
        <translation>都不是</translation>
    </message>
    <message>
        <source>No picture yet: choose a source.</source>
        <translation>还没有画面：请选择视频源。</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>移到</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>SamplesBrowser</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>所有类别</translation>
    </message>
</context>
<context>
    <name>SamplesCollection</name>
    <message>
        <source>thing {0}</source>
        <translation>物体 {0}</translation>
    </message>
</context>
<context>
    <name>SamplesEdits</name>
    <message>
        <source>Add class {0}</source>
        <translation>添加类别 {0}</translation>
    </message>
    <message>
        <source>Rename class {0}</source>
        <translation>重命名类别 {0}</translation>
    </message>
    <message>
        <source>Colour of class {0}</source>
        <translation>修改类别 {0} 的颜色</translation>
    </message>
    <message>
        <source>Remove class {0}</source>
        <translation>删除类别 {0}</translation>
    </message>
    <message>
        <source>Delete 1 sample</source>
        <translation>删除 1 个样本</translation>
    </message>
    <message>
        <source>Delete {0} samples</source>
        <translation>删除 {0} 个样本</translation>
    </message>
    <message>
        <source>Move 1 sample</source>
        <translation>移动 1 个样本</translation>
    </message>
    <message>
        <source>Move {0} samples</source>
        <translation>移动 {0} 个样本</translation>
    </message>
    <message>
        <source>Record 1 sample</source>
        <translation>采集 1 个样本</translation>
    </message>
    <message>
        <source>Record {0} samples</source>
        <translation>采集 {0} 个样本</translation>
    </message>
</context>
<context>
    <name>SamplesGrid</name>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
</context>
<context>
    <name>SamplesHeader</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel opening the samples</source>
        <translation>取消打开样本</translation>
    </message>
    <message>
        <source>Open the samples&apos; folder</source>
        <translation>打开样本所在的文件夹</translation>
    </message>
    <message>
        <source>Change samples a little each time they are shown, so that few go further</source>
        <translation>每次使用样本时都略作变化，使少量样本发挥更大作用（数据增强）</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Open folder {0}</source>
        <translation>打开文件夹 {0}</translation>
    </message>
    <message>
        <source>Random changes</source>
        <translation>随机变化</translation>
    </message>
    <message>
        <source>Random changes: {0}</source>
        <translation>随机变化：{0}</translation>
    </message>
</context>
<context>
    <name>SamplesProblems</name>
    <message>
        <source>Files that could not be read</source>
        <translation>无法读取的文件</translation>
    </message>
</context>
<context>
    <name>SamplesRecording</name>
    <message>
        <source>{0} …</source>
        <translation>{0} …</translation>
    </message>
    <message>
        <source>Waiting for a picture</source>
        <translation>等待画面</translation>
    </message>
</context>
<context>
    <name>SamplesWelcome</name>
    <message>
        <source>Show the camera three things and press Record, or take the shapes that the program draws.</source>
        <translation>给摄像头看三样东西并按“采集”，或使用程序绘制的图形。</translation>
    </message>
</context>
<context>
    <name>Saver</name>
    <message>
        <source>snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>predictions</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Network with weights (*.safetensors)</source>
        <translation>带权重的网络 (*.safetensors)</translation>
    </message>
    <message>
        <source>Description only (*.json)</source>
        <translation>仅网络结构 (*.json)</translation>
    </message>
    <message>
        <source>Save network</source>
        <translation>保存网络</translation>
    </message>
    <message>
        <source>Saving a snapshot. {0}</source>
        <translation>正在保存快照。{0}</translation>
    </message>
    <message>
        <source>Folder for snapshots and recordings</source>
        <translation>快照和录像的保存位置</translation>
    </message>
    <message>
        <source>Snapshots and recordings go to</source>
        <translation>快照和录像将保存到</translation>
    </message>
    <message>
        <source>Saved {0}:</source>
        <translation>已保存{0}：</translation>
    </message>
    <message>
        <source>Cancelled: {0}</source>
        <translation>已取消：{0}</translation>
    </message>
    <message>
        <source>Recording to</source>
        <translation>正在录制到</translation>
    </message>
    <message>
        <source>Saved recording:</source>
        <translation>已保存录像：</translation>
    </message>
    <message>
        <source>Saved network:</source>
        <translation>已保存网络：</translation>
    </message>
</context>
<context>
    <name>ScaleWords</name>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} 至 {high}</translation>
    </message>
    <message>
        <source>Colours of each map: all its values</source>
        <translation>每张图的颜色：它的全部数值</translation>
    </message>
    <message>
        <source>Colours of each map: {share} of what is not zero, stronger is clipped</source>
        <translation>每张图的颜色：非零数值的 {share}，更强的被截断</translation>
    </message>
    <message>
        <source>Colours of all maps: {range} (locked), beyond is clipped</source>
        <translation>所有图的颜色：{range}（已锁定），超出的被截断</translation>
    </message>
    <message>
        <source>Colours of all maps: {range}, stronger is clipped</source>
        <translation>所有图的颜色：{range}，更强的被截断</translation>
    </message>
    <message>
        <source>Colours of all maps: {range}</source>
        <translation>所有图的颜色：{range}</translation>
    </message>
    <message>
        <source>Colours: {range}</source>
        <translation>颜色：{range}</translation>
    </message>
    <message>
        <source>{share} within {range}, {count} clipped</source>
        <translation>{share} 在 {range} 之内，{count} 个被截断</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>How often every sample is shown</source>
        <translation>每个样本给网络看多少遍</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>How many samples are looked at before the weights change. Small batches learn in many noisy steps, large ones in few smooth steps</source>
        <translation>看多少个样本后更新一次权重。批小时步数多而有噪声，批大时步数少而平稳</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>By which rule the weights follow their gradients. Adam finds the size of each step by itself; SGD takes the gradients as they are</source>
        <translation>权重按什么规则跟随梯度变化。Adam 自动确定每一步的大小；SGD 直接使用梯度</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>动量</translation>
    </message>
    <message>
        <source>What share of its last step SGD takes again: it rolls on like a ball</source>
        <translation>SGD 把上一步的多大比例再走一次：像球一样继续滚动</translation>
    </message>
    <message>
        <source>Whether SGD looks at the slope where its momentum will have carried it</source>
        <translation>SGD 是否在动量将要带它到达的位置计算梯度</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>How far the weights go in each step. Too small learns slowly, too large never settles. It can be changed while training</source>
        <translation>权重每一步走多远。太小学得慢，太大不会收敛。训练过程中可以修改</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>调度方式</translation>
    </message>
    <message>
        <source>What becomes of the learning rate in the course of the training: it stays, takes a tenth after each third, or falls to 0 smoothly</source>
        <translation>学习率在训练过程中怎样变化：保持不变，每过三分之一变为十分之一，或平滑地降到 0</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>Over how many epochs the learning rate first rises from 0; 0.5 is half a one</source>
        <translation>开始时学习率用多少轮从 0 升上来；0.5 是半轮</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>How strongly weights are pulled towards 0, so that none grows large; 0 is off</source>
        <translation>把权重拉向 0 的强度，防止权重变得很大；0 表示关闭</translation>
    </message>
    <message>
        <source>Clipping</source>
        <translation>梯度裁剪</translation>
    </message>
    <message>
        <source>Gradients longer than this, all taken together, are shortened to it; 0 is off</source>
        <translation>全部梯度的总长度超过此值时缩短到此值；0 表示关闭</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>How an answer&apos;s error is measured. Cross-entropy suits classes</source>
        <translation>怎样衡量回答的误差。交叉熵适合分类</translation>
    </message>
    <message>
        <source>Classes alike</source>
        <translation>各类同等</translation>
    </message>
    <message>
        <source>Whether all classes count alike, however many samples each has: a mistake in a rare one costs more</source>
        <translation>不管各类有多少样本，是否同等对待：少见类上的错误代价更高</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证比例</translation>
    </message>
    <message>
        <source>What share of the samples is kept apart: the network never learns from them, so they tell how it does on what it has not seen</source>
        <translation>留出多大比例的样本：网络从不用它们学习，因此能看出它对没见过的东西表现如何</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>耐心</translation>
    </message>
    <message>
        <source>The training ends when so many epochs bring nothing better; 0 is off</source>
        <translation>连续这么多轮没有更好的结果时结束训练；0 为关闭</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>The same number divides, shuffles and changes the samples in the same way</source>
        <translation>同一个数总是以同样的方式划分、打乱和变化样本</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>What learning from one batch takes: every layer&apos;s output is kept, and a gradient for each. Smaller batches take less</source>
        <translation>用一批样本学习所需的内存：要保存每一层的输出和对应的梯度。批越小，占用越少</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>must be from {0} to {1}, got {2}</source>
        <translation>必须在 {0} 到 {1} 之间，现在是 {2}</translation>
    </message>
</context>
<context>
    <name>ShapeEditor</name>
    <message>
        <source>flat</source>
        <translation>一串数</translation>
    </message>
    <message>
        <source>maps</source>
        <translation>特征图</translation>
    </message>
    <message>
        <source>maps of several moments</source>
        <translation>多个时刻的特征图</translation>
    </message>
    <message>
        <source>{0}, time</source>
        <translation>{0}，时间</translation>
    </message>
    <message>
        <source>{0}, channels</source>
        <translation>{0}，通道</translation>
    </message>
    <message>
        <source>{0}, height</source>
        <translation>{0}，高</translation>
    </message>
    <message>
        <source>{0}, width</source>
        <translation>{0}，宽</translation>
    </message>
</context>
<context>
    <name>ShiftPad</name>
    <message>
        <source>The picture, to be shifted</source>
        <translation>要平移的画面</translation>
    </message>
    <message>
        <source>Arrows shift it by one pixel</source>
        <translation>方向键每次平移一个像素</translation>
    </message>
</context>
<context>
    <name>ShiftPage</name>
    <message>
        <source>Layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>Poolings compared</source>
        <translation>池化方式比较</translation>
    </message>
    <message>
        <source>The picture is shifted after it was fitted; its edge is repeated. Blue: how much a layer&apos;s numbers changed. Orange: how much of that is left when the old map is moved along. What is left is less where a layer is more stable under shifts.</source>
        <translation>画面在缩放之后平移，边缘重复。蓝色：这一层的数值变化了多少。橙色：把原来的特征图跟着移动之后还剩多少变化。剩得越少，说明这一层在平移下越稳定。</translation>
    </message>
    <message>
        <source>What the chosen layer reads, made half as large in other ways:</source>
        <translation>选中的层所读取的内容，用其他方式缩小一半：</translation>
    </message>
    <message>
        <source>What the shift changed</source>
        <translation>平移带来的变化</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>no pooling</source>
        <translation>不池化</translation>
    </message>
    <message>
        <source>max, 2×2</source>
        <translation>最大，2×2</translation>
    </message>
    <message>
        <source>average, 2×2</source>
        <translation>平均，2×2</translation>
    </message>
    <message>
        <source>every second value</source>
        <translation>每隔一个取一个</translation>
    </message>
    <message>
        <source>max, then blurred</source>
        <translation>最大，再模糊</translation>
    </message>
    <message>
        <source>Computed once more for this: {time} a frame.</source>
        <translation>为此另外计算一次：每帧 {time}。</translation>
    </message>
    <message>
        <source>One pixel up</source>
        <translation>上移一个像素</translation>
    </message>
    <message>
        <source>One pixel to the left</source>
        <translation>左移一个像素</translation>
    </message>
    <message>
        <source>One pixel to the right</source>
        <translation>右移一个像素</translation>
    </message>
    <message>
        <source>One pixel down</source>
        <translation>下移一个像素</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>复位</translation>
    </message>
    <message>
        <source>No shift</source>
        <translation>没有平移</translation>
    </message>
    <message>
        <source>{down} down, {right} to the right</source>
        <translation>向下 {down}，向右 {right}</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Selected layer</source>
        <translation>选中的层</translation>
    </message>
    <message>
        <source>List of layers</source>
        <translation>层列表</translation>
    </message>
    <message>
        <source>Hold: record samples of a class</source>
        <translation>按住：采集该类别的样本</translation>
    </message>
    <message>
        <source>End a countdown or burst</source>
        <translation>结束倒计时或连续采集</translation>
    </message>
    <message>
        <source>Delete the selected samples</source>
        <translation>删除选中的样本</translation>
    </message>
    <message>
        <source>Layer above or below</source>
        <translation>上面或下面的层</translation>
    </message>
    <message>
        <source>Input or last layer</source>
        <translation>输入或最后一层</translation>
    </message>
    <message>
        <source>Edit its arguments, or open the block</source>
        <translation>编辑其参数，或展开块</translation>
    </message>
    <message>
        <source>Fold a block or open it</source>
        <translation>折叠或展开块</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>回到列表</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>What it really listens to</source>
        <translation>它真正在意什么</translation>
    </message>
    <message>
        <source>The effective receptive field, by the number&apos;s derivatives on this picture</source>
        <translation>有效感受野：根据这个数对此画面的导数</translation>
    </message>
    <message>
        <source>One moment…</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>The map it makes: one number for each place</source>
        <translation>得到的特征图：每个位置一个数</translation>
    </message>
    <message>
        <source>The map it makes at {moment}: one number for each place</source>
        <translation>{moment} 时得到的特征图：每个位置一个数</translation>
    </message>
    <message>
        <source>On this picture no pixel changes it: its derivative is zero.</source>
        <translation>在这幅画面上，没有像素能改变它：导数为零。</translation>
    </message>
    <message>
        <source>Bright: counts more. Most of it lies within {down} rows and {right} columns of the middle (standard deviation).</source>
        <translation>越亮影响越大。大部分位于离中心 {down} 行、{right} 列以内（标准差）。</translation>
    </message>
    <message>
        <source>All frames that it sees, row by row, the newest last.</source>
        <translation>它看到的所有帧，逐行排列，最新的在最后。</translation>
    </message>
</context>
<context>
    <name>SidesEditor</name>
    <message>
        <source>{0}, left</source>
        <translation>{0}，左</translation>
    </message>
    <message>
        <source>{0}, right</source>
        <translation>{0}，右</translation>
    </message>
    <message>
        <source>{0}, top</source>
        <translation>{0}，上</translation>
    </message>
    <message>
        <source>{0}, bottom</source>
        <translation>{0}，下</translation>
    </message>
    <message>
        <source>{0}, before the first moment</source>
        <translation>{0}，第一个时刻之前</translation>
    </message>
    <message>
        <source>{0}, after the last moment</source>
        <translation>{0}，最后一个时刻之后</translation>
    </message>
</context>
<context>
    <name>SingleReadEditor</name>
    <message>
        <source>the layer before</source>
        <translation>上一层</translation>
    </message>
</context>
<context>
    <name>SizesEditor</name>
    <message>
        <source>{0}, time</source>
        <translation>{0}，时间</translation>
    </message>
    <message>
        <source>{0}, height</source>
        <translation>{0}，高</translation>
    </message>
    <message>
        <source>{0}, width</source>
        <translation>{0}，宽</translation>
    </message>
    <message>
        <source>Height and width change together</source>
        <translation>高度和宽度一起变化</translation>
    </message>
    <message>
        <source>Height and width change separately</source>
        <translation>高度和宽度分别变化</translation>
    </message>
</context>
<context>
    <name>SnapshotMenu</name>
    <message>
        <source>This layer</source>
        <translation>这一层</translation>
    </message>
    <message>
        <source>The layers on the screen</source>
        <translation>屏幕上的各层</translation>
    </message>
    <message>
        <source>All layers</source>
        <translation>全部层</translation>
    </message>
    <message>
        <source>{files} files, at least {size}</source>
        <translation>{files} 个文件，至少 {size}</translation>
    </message>
</context>
<context>
    <name>SourceButton</name>
    <message>
        <source>Source: {0}</source>
        <translation>视频源：{0}</translation>
    </message>
</context>
<context>
    <name>SourceControl</name>
    <message>
        <source>Opening {0}…</source>
        <translation>正在打开 {0}…</translation>
    </message>
    <message>
        <source>{0}. It goes on by itself when it is back.</source>
        <translation>{0}。恢复后会自动继续。</translation>
    </message>
    <message>
        <source>{0} has ended</source>
        <translation>{0} 已播放完毕</translation>
    </message>
    <message>
        <source>, {0:.3g} frames a second</source>
        <translation>，每秒 {0:.3g} 帧</translation>
    </message>
    <message>
        <source>{0}: {1} × {2}{3}</source>
        <translation>{0}：{1} × {2}{3}</translation>
    </message>
    <message>
        <source>Mirrored: what moves to the left is seen moving to the right.</source>
        <translation>已镜像：向左移动的东西看起来向右移动。</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>Device default</source>
        <translation>设备默认</translation>
    </message>
    <message>
        <source>{0:g} a second</source>
        <translation>每秒 {0:g} 帧</translation>
    </message>
    <message>
        <source>Camera resolution</source>
        <translation>摄像头分辨率</translation>
    </message>
    <message>
        <source>Camera frame rate</source>
        <translation>摄像头帧率</translation>
    </message>
    <message>
        <source>Mirror (the network sees the mirrored picture)</source>
        <translation>镜像（网络看到的是镜像画面）</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Mirror: left and right change places, for the network too.
Directions turn round: what moves to the left is seen moving to the right.</source>
        <translation>镜像：左右对调，网络看到的也一样。
方向会反过来：向左移动的东西看起来向右移动。</translation>
    </message>
    <message>
        <source>Video or image…</source>
        <translation>视频或图片…</translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation>图片文件夹…</translation>
    </message>
    <message>
        <source>Network stream…</source>
        <translation>网络视频流…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Looking for cameras…</source>
        <translation>正在查找摄像头…</translation>
    </message>
    <message>
        <source>No camera found</source>
        <translation>没有找到摄像头</translation>
    </message>
</context>
<context>
    <name>Start</name>
    <message>
        <source>The network you did not save is here again</source>
        <translation>已恢复上次未保存的网络</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel what is under way</source>
        <translation>取消正在进行的任务</translation>
    </message>
    <message>
        <source>Frames a second that the source gave, that the network computed and that reached the screen; frames left out in all; time from capture to screen, median and the value that 95 of 100 frames stay below</source>
        <translation>每秒帧数：视频源给出的、网络算完的、显示到屏幕上的；累计丢弃的帧数；从采集到显示的延迟：中位数，以及 95% 的帧不超过的值</translation>
    </message>
    <message>
        <source>Count from zero</source>
        <translation>从零重新计数</translation>
    </message>
    <message>
        <source>{0} in   {1} processed   {2} shown   {3} dropped   {4} ms   95% {5} ms</source>
        <translation>输入 {0}   处理 {1}   显示 {2}   丢弃 {3}   {4} ms   95% {5} ms</translation>
    </message>
    <message>
        <source>No program for folders answered. It is here:</source>
        <translation>没有可用的文件管理器。文件在这里：</translation>
    </message>
</context>
<context>
    <name>StripModel</name>
    <message>
        <source>{count} layers</source>
        <translation>{count} 个层</translation>
    </message>
    <message>
        <source>{layer}
moment {moment} of {count}</source>
        <translation>{layer}
时刻 {moment}，共 {count} 个</translation>
    </message>
    <message>
        <source>{title}: {count} layers folded, {shape}. Click or Enter opens them</source>
        <translation>{title}：折叠了 {count} 层，{shape}。点击或按 Enter 展开</translation>
    </message>
    <message>
        <source>What the network sees, {shape}</source>
        <translation>网络看到的画面，{shape}</translation>
    </message>
    <message>
        <source>{id}: {type}, bypassed</source>
        <translation>{id}：{type}，已旁路</translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message>
        <source>Change weights of {layer}</source>
        <translation>修改 {layer} 的权重</translation>
    </message>
</context>
<context>
    <name>TermsView</name>
    <message>
        <source>Terms of the number</source>
        <translation>这个数的各项</translation>
    </message>
    <message>
        <source>{name}, row {row}, column {column}</source>
        <translation>{name}，第 {row} 行，第 {column} 列</translation>
    </message>
    <message>
        <source>{place} (padding)</source>
        <translation>{place}（填充）</translation>
    </message>
    <message>
        <source>window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>kernel</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>products</source>
        <translation>乘积</translation>
    </message>
    <message>
        <source>largest  {value}</source>
        <translation>最大  {value}</translation>
    </message>
    <message>
        <source>the other {count}</source>
        <translation>其余 {count} 个</translation>
    </message>
</context>
<context>
    <name>TimeWindow</name>
    <message>
        <source>{count} frames</source>
        <translation>{count} 帧</translation>
    </message>
    <message>
        <source>{what}: the last {count} frames of the source</source>
        <translation>{what}：来源最近的 {count} 帧</translation>
    </message>
    <message>
        <source>at {rate}/s</source>
        <translation>每秒 {rate} 帧</translation>
    </message>
    <message>
        <source>{what}: {seconds} s</source>
        <translation>{what}：{seconds} 秒</translation>
    </message>
    <message>
        <source>every {step}st</source>
        <translation>每 {step} 帧取一帧</translation>
    </message>
    <message>
        <source>every {step}nd</source>
        <translation>每 {step} 帧取一帧</translation>
    </message>
    <message>
        <source>every {step}rd</source>
        <translation>每 {step} 帧取一帧</translation>
    </message>
    <message>
        <source>every {step}th</source>
        <translation>每 {step} 帧取一帧</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More tools</source>
        <translation>更多工具</translation>
    </message>
</context>
<context>
    <name>Totals</name>
    <message>
        <source>this network</source>
        <translation>本网络</translation>
    </message>
    <message>
        <source>fully connected</source>
        <translation>全连接</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>multiply-adds</source>
        <translation>乘加次数</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;Parameter sharing.&lt;/b&gt; A convolution uses the same kernel at every position of its input, so it needs one small set of weights per map. A fully-connected layer between the same two tensors needs a weight of its own for every pair of an input number and an output number.&lt;/p&gt;&lt;p&gt;Multiply-adds are per frame. Memory is that of all weights and all layers&apos; outputs, as 32-bit numbers.&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;参数共享。&lt;/b&gt;卷积在输入的每个位置都使用同一个卷积核，因此每张特征图只需要一小组权重。而同样两个张量之间的全连接层，对每一对输入数和输出数都需要一个单独的权重。&lt;/p&gt;&lt;p&gt;乘加次数按每帧计算。内存是所有权重和所有层输出的总和，按 32 位数计算。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Sharing kernels: {times} times fewer parameters.</source>
        <translation>共享卷积核：全连接的参数量是它的 {times}倍。</translation>
    </message>
</context>
<context>
    <name>TrainActions</name>
    <message>
        <source>One batch</source>
        <translation>单批</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Back to the first weights</source>
        <translation>恢复最初的权重</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stand still after this batch</source>
        <translation>这一批之后停住</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on with the training</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Learn from the samples</source>
        <translation>用样本学习</translation>
    </message>
    <message>
        <source>Pause first</source>
        <translation>请先暂停</translation>
    </message>
    <message>
        <source>Learn from one batch of samples, then stand still</source>
        <translation>用一批样本学习，然后停住</translation>
    </message>
    <message>
        <source>No training is under way</source>
        <translation>当前没有训练</translation>
    </message>
    <message>
        <source>End the training and keep the best weights</source>
        <translation>结束训练，保留最好的权重</translation>
    </message>
    <message>
        <source>Nothing was trained yet</source>
        <translation>还没有训练过</translation>
    </message>
    <message>
        <source>Back to the weights from before this training</source>
        <translation>恢复这次训练之前的权重</translation>
    </message>
    <message>
        <source>Choose samples first, on the page Samples</source>
        <translation>请先在“样本”页选择样本</translation>
    </message>
    <message>
        <source>The network has problems: its list of layers says which</source>
        <translation>网络有问题：详见层列表</translation>
    </message>
    <message>
        <source>The network must first be fitted to the classes: a notice says how</source>
        <translation>必须先让网络适合各个类别：提示栏里有做法</translation>
    </message>
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>How far the training is</source>
        <translation>训练进度</translation>
    </message>
    <message>
        <source>Curves as a table</source>
        <translation>曲线存为表格</translation>
    </message>
    <message>
        <source>Making the samples ready: {0} of {1}</source>
        <translation>正在准备样本：{0} / {1}</translation>
    </message>
    <message>
        <source>{0}: {1} samples of {2} classes</source>
        <translation>{0}：{1} 个样本，{2} 个类别</translation>
    </message>
    <message>
        <source>Choose samples</source>
        <translation>选择样本</translation>
    </message>
    <message>
        <source>The samples are being opened …</source>
        <translation>正在打开样本…</translation>
    </message>
    <message>
        <source>{0} first: record your own with the camera, open a folder, or take the shapes that the program draws.</source>
        <translation>请先{0}：用摄像头自己采集，打开文件夹，或使用程序绘制的图形。</translation>
    </message>
    <message>
        <source>The samples are being prepared: curves begin with the first batch.</source>
        <translation>正在准备样本：第一批之后开始绘制曲线。</translation>
    </message>
    <message>
        <source>Press &lt;b&gt;Train&lt;/b&gt;. The network is shown the samples again and again, and its kernels change a little each time: watch them above, and here how well it does.</source>
        <translation>请按&lt;b&gt;训练&lt;/b&gt;。网络会反复看这些样本，卷积核每次改变一点：在上方观察卷积核，在这里看它学得怎么样。</translation>
    </message>
    <message>
        <source>The network has a problem, at {0}</source>
        <translation>网络有问题：{0}</translation>
    </message>
    <message>
        <source>“{0}” would learn these samples for about {1}, “{2}” for about {3}</source>
        <translation>“{0}”学习这些样本大约要 {1}，“{2}”大约 {3}</translation>
    </message>
    <message>
        <source>“{0}” would learn these samples for more than {1}, “{2}” for about {3}</source>
        <translation>“{0}”学习这些样本要超过 {1}，“{2}”大约 {3}</translation>
    </message>
    <message>
        <source>Take “{0}”</source>
        <translation>改用“{0}”</translation>
    </message>
    <message>
        <source>“{common}” has {many} samples, “{rare}” {few}: a network that never names the rare class does well</source>
        <translation>“{common}”有 {many} 个样本，“{rare}”只有 {few} 个：从不说出少见类的网络也显得不错</translation>
    </message>
    <message>
        <source>Let classes count alike</source>
        <translation>让各类同等重要</translation>
    </message>
    <message>
        <source>With so few samples the weights change only {0} times: too seldom to learn</source>
        <translation>样本太少，权重只会更新 {0} 次，学不会</translation>
    </message>
    <message>
        <source>Take {0} epochs, batches of {1}</source>
        <translation>改为 {0} 轮，批大小 {1}</translation>
    </message>
    <message>
        <source>The network has {0} outputs, the samples have {1} classes.</source>
        <translation>网络有 {0} 个输出，样本有 {1} 个类别。</translation>
    </message>
    <message>
        <source>Give it {0} outputs</source>
        <translation>改为 {0} 个输出</translation>
    </message>
    <message>
        <source>The network does not end in one number for each class.</source>
        <translation>网络的最后一层不是每个类别一个数。</translation>
    </message>
    <message>
        <source>Add a layer with {0} outputs</source>
        <translation>添加有 {0} 个输出的层</translation>
    </message>
</context>
<context>
    <name>Trainer</name>
    <message>
        <source>Name the classes</source>
        <translation>命名类别</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>Training</name>
    <message>
        <source>Reading the samples</source>
        <translation>正在读取样本</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>正在评估</translation>
    </message>
    <message>
        <source>epoch {0} of {1}</source>
        <translation>轮次 {0} / {1}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>{0} samples/s</source>
        <translation>{0} 样本/秒</translation>
    </message>
    <message>
        <source>learning rate {0}</source>
        <translation>学习率 {0}</translation>
    </message>
    <message>
        <source>{0} for gradients</source>
        <translation>梯度占用 {0}</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} epochs</source>
        <translation>{0} 轮</translation>
    </message>
    <message>
        <source>batch {0}</source>
        <translation>批大小 {0}</translation>
    </message>
    <message>
        <source>weight decay {0}</source>
        <translation>权重衰减 {0}</translation>
    </message>
    <message>
        <source>clipped at {0}</source>
        <translation>裁剪 {0}</translation>
    </message>
    <message>
        <source>classes alike</source>
        <translation>各类同等</translation>
    </message>
    <message>
        <source>patience {0}</source>
        <translation>耐心 {0}</translation>
    </message>
    <message>
        <source>augmented</source>
        <translation>随机变化</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>种子 {0}</translation>
    </message>
    <message>
        <source>learning rate {0} from epoch {1} on, after {2}</source>
        <translation>学习率 {0}，从轮次 {1} 起，用时 {2} 之后</translation>
    </message>
    <message>
        <source>stays</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>falls in steps</source>
        <translation>阶梯下降</translation>
    </message>
    <message>
        <source>falls as a cosine</source>
        <translation>余弦下降</translation>
    </message>
    <message>
        <source>cross-entropy</source>
        <translation>交叉熵</translation>
    </message>
    <message>
        <source>mean squared error</source>
        <translation>均方误差</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M月d日</translation>
    </message>
</context>
<context>
    <name>TrainingDrawer</name>
    <message>
        <source>Pages of the drawer</source>
        <translation>抽屉的各页</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>TrainingPlan</name>
    <message>
        <source>Fit the network to the classes</source>
        <translation>使网络与类别数一致</translation>
    </message>
    <message>
        <source>Take a small network</source>
        <translation>改用小网络</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>To the start</source>
        <translation>回到开头</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Place in the video</source>
        <translation>视频中的位置</translation>
    </message>
    <message>
        <source>Begin again at the end</source>
        <translation>循环播放</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>播放速度</translation>
    </message>
    <message>
        <source>Pause the source</source>
        <translation>暂停视频源</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Frame {0}</source>
        <translation>第 {0} 帧</translation>
    </message>
</context>
<context>
    <name>VectorView</name>
    <message>
        <source>Units</source>
        <translation>单元</translation>
    </message>
    <message>
        <source>Arrows choose a unit</source>
        <translation>用方向键选择单元</translation>
    </message>
    <message>
        <source>unit {unit}   value {value}</source>
        <translation>单元 {unit}   值 {value}</translation>
    </message>
</context>
<context>
    <name>VerdictWindow</name>
    <message>
        <source>What the network sees</source>
        <translation>网络看到了什么</translation>
    </message>
    <message>
        <source>Not trained yet</source>
        <translation>还没有训练</translation>
    </message>
    <message>
        <source>No classes yet</source>
        <translation>还没有类别</translation>
    </message>
</context>
<context>
    <name>WallCanvas</name>
    <message>
        <source>Feature maps</source>
        <translation>特征图</translation>
    </message>
    <message>
        <source>Arrows choose a channel, Page Up and Down turn</source>
        <translation>用方向键选择通道，Page Up 和 Page Down 翻页</translation>
    </message>
    <message>
        <source>channel {channel}, from {low} to {high}</source>
        <translation>通道 {channel}，从 {low} 到 {high}</translation>
    </message>
    <message>
        <source>channel {channel}   row {row}, column {column}   value {value}</source>
        <translation>通道 {channel}   第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
    <message>
        <source>channel {channel}   {moment}, row {row}, column {column}   value {value}</source>
        <translation>通道 {channel}   {moment}，第 {row} 行，第 {column} 列   值 {value}</translation>
    </message>
    <message>
        <source>   clipped</source>
        <translation>   被截断</translation>
    </message>
    <message>
        <source>   zero everywhere</source>
        <translation>   全部为零</translation>
    </message>
    <message>
        <source>   sees {size}</source>
        <translation>   看到 {size}</translation>
    </message>
</context>
<context>
    <name>WallOverlay</name>
    <message>
        <source>zero</source>
        <translation>全零</translation>
    </message>
</context>
<context>
    <name>WallTools</name>
    <message>
        <source>Sort again</source>
        <translation>重新排序</translation>
    </message>
    <message>
        <source>Sort again by what is seen now (O): sorted channels stay in their places</source>
        <translation>按现在所见重新排序 (O)：已排序的通道留在原处</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Fit the wall (0)</source>
        <translation>特征图墙适应窗口 (0)</translation>
    </message>
    <message>
        <source>True size</source>
        <translation>真实大小</translation>
    </message>
    <message>
        <source>Draw maps at their size relative to the input</source>
        <translation>按相对于输入的大小绘制特征图</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>数值范围</translation>
    </message>
    <message>
        <source>Which values share the range from the first to the last colour</source>
        <translation>哪些数值共用从第一种到最后一种颜色的范围</translation>
    </message>
    <message>
        <source>Each map</source>
        <translation>逐图</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>整层</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>What sets a range: all values of a map, or {share} of those that are not zero,
found in a sample, so that a few strong ones do not make all others pale</source>
        <translation>由什么决定范围：一张图的全部数值，或其中非零数值的 {share}
（由抽样得出），这样少数很强的数值不会让其余的都显得苍白</translation>
    </message>
    <message>
        <source>Span of the colours</source>
        <translation>颜色的跨度</translation>
    </message>
    <message>
        <source>All values</source>
        <translation>全部数值</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>By what the channels are sorted</source>
        <translation>通道按什么排序</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>按编号</translation>
    </message>
    <message>
        <source>By mean</source>
        <translation>按均值</translation>
    </message>
    <message>
        <source>By maximum</source>
        <translation>按最大值</translation>
    </message>
    <message>
        <source>By variance</source>
        <translation>按方差</translation>
    </message>
    <message>
        <source>Colour map</source>
        <translation>色图</translation>
    </message>
    <message>
        <source>How values become colours</source>
        <translation>数值如何变成颜色</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Values from zero up</source>
        <translation>从零开始的数值</translation>
    </message>
    <message>
        <source>Values of both signs</source>
        <translation>有正有负的数值</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Blue-red</source>
        <translation>蓝－红</translation>
    </message>
    <message>
        <source>Blue-red on dark</source>
        <translation>蓝－红（深色底）</translation>
    </message>
    <message>
        <source>Purple-green</source>
        <translation>紫－绿</translation>
    </message>
</context>
<context>
    <name>WallView</name>
    <message>
        <source>Previous page</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Previous page (Page Up)</source>
        <translation>上一页 (Page Up)</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Next page (Page Down)</source>
        <translation>下一页 (Page Down)</translation>
    </message>
    <message>
        <source>channels {first}–{last} of {count}</source>
        <translation>通道 {first}–{last}，共 {count} 个</translation>
    </message>
    <message>
        <source>{layer} is being computed…</source>
        <translation>正在计算 {layer}…</translation>
    </message>
    <message>
        <source>{layer} does not run yet.</source>
        <translation>{layer} 还没有运行。</translation>
    </message>
    <message>
        <source>The last network without problems keeps running.</source>
        <translation>上一个没有问题的网络仍在运行。</translation>
    </message>
    <message>
        <source>No picture yet.
Choose a source, or drop a video or an image here.</source>
        <translation>还没有画面。
请选择视频源，或把视频或图片拖到这里。</translation>
    </message>
</context>
<context>
    <name>WeightsMenu</name>
    <message>
        <source>Draw all weights anew</source>
        <translation>重新初始化全部权重</translation>
    </message>
    <message>
        <source>He: for layers before a ReLU</source>
        <translation>He：用于 ReLU 之前的层</translation>
    </message>
    <message>
        <source>Xavier: for layers before a sigmoid or tanh</source>
        <translation>Xavier：用于 sigmoid 或 tanh 之前的层</translation>
    </message>
    <message>
        <source>All zeros</source>
        <translation>全零</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>初始化</translation>
    </message>
</context>
<context>
    <name>_Details</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Give this channel a name</source>
        <translation>给这个通道命名</translation>
    </message>
    <message>
        <source>Name of the channel</source>
        <translation>通道名称</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>卷积核</translation>
    </message>
    <message>
        <source>Make another kernel, or change this one</source>
        <translation>生成另一个卷积核，或修改这一个</translation>
    </message>
    <message>
        <source>channel {number}</source>
        <translation>通道 {number}</translation>
    </message>
    <message>
        <source>unit {number}</source>
        <translation>单元 {number}</translation>
    </message>
    <message>
        <source>value {value}</source>
        <translation>值 {value}</translation>
    </message>
    <message>
        <source>all {count} moments</source>
        <translation>全部 {count} 个时刻</translation>
    </message>
    <message>
        <source>&lt;b&gt;Kernel&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size} for its one input</source>
        <translation>&lt;b&gt;卷积核&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size}，1 个输入通道</translation>
    </message>
    <message>
        <source>&lt;b&gt;Kernel&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size} for each of {count} inputs</source>
        <translation>&lt;b&gt;卷积核&lt;/b&gt;&amp;nbsp;&amp;nbsp;{size}，共 {count} 个输入通道</translation>
    </message>
    <message>
        <source>bias {bias}</source>
        <translation>偏置 {bias}</translation>
    </message>
    <message>
        <source>no bias</source>
        <translation>无偏置</translation>
    </message>
</context>
<context>
    <name>_Numbers</name>
    <message>
        <source>min</source>
        <translation>最小值</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>std</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>零值</translation>
    </message>
    <message>
        <source>NaN or ∞</source>
        <translation>NaN 或 ∞</translation>
    </message>
</context>
<context>
    <name>_Picture</name>
    <message>
        <source>The chosen sample</source>
        <translation>选中的样本</translation>
    </message>
</context>
<context>
    <name>_Preview</name>
    <message>
        <source>One sample, changed eight times</source>
        <translation>同一个样本的八种变化</translation>
    </message>
</context>
<context>
    <name>_Probabilities</name>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
</context>
<context>
    <name>_SharingView</name>
    <message>
        <source>What sharing is worth</source>
        <translation>参数共享的价值</translation>
    </message>
    <message>
        <source>{count:,} parameters, the same at all {places:,} places of a map</source>
        <translation>{count:,} 个参数，特征图的 {places:,} 个位置共用</translation>
    </message>
    <message>
        <source>{count:,} if each place had its own</source>
        <translation>如果每个位置各用一套：{count:,} 个</translation>
    </message>
    <message>
        <source>{count:,} if fully connected</source>
        <translation>如果全连接：{count:,} 个</translation>
    </message>
    <message>
        <source>Ten times as many are one step further.</source>
        <translation>每多一格代表十倍。</translation>
    </message>
</context>
</TS>
